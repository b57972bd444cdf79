const command = document.getElementById("command"), empty = command.textContent;
document.addEventListener("input", () => {
  const given = [...document.querySelectorAll("input")].filter(i => i.value !== "").map(i => i.name + "=" + i.value);
  command.textContent = given.length ? command.dataset.before + given.join(" ") + command.dataset.after : empty;
});
