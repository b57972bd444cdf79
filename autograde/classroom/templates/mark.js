const forms = [...document.querySelectorAll("form[data-save]")];
const open = document.getElementById("open");

function state(form, text, failed) {
  const line = form.querySelector(".state");
  line.textContent = text;
  line.classList.toggle("failed", Boolean(failed));
}

const values = form => JSON.stringify([form.points.value, form.comment.value]);

async function send(form) {
  const wanted = values(form);
  if (form.points.validity.badInput) {
    state(form, "Not saved: this is not a number of points.", true);
    return false;
  }
  if (wanted === form.saved) return true;
  state(form, "Saving ...");
  form.sent = wanted;
  try {
    const answer = await fetch(form.dataset.save, {
      method: "POST",
      keepalive: true,  // it arrives even if the page is left
      headers: {"Content-Type": "application/json", "X-Autograde": "mark"},
      body: JSON.stringify({points: form.points.value, comment: form.comment.value, digest: form.dataset.digest}),
    });
    if (!answer.ok) throw new Error(await answer.text());
    const found = await answer.json();
    form.saved = wanted;
    state(form, values(form) === wanted ? `Saved: ${found.said}` : "Not saved yet.");
    open.textContent = open.textContent.replace(/^\d+/, found.open);
    return true;
  } catch (error) {
    form.sent = null;
    const gone = error instanceof TypeError;
    state(form, gone ? "Not saved: `autograde mark` does not answer. Start it again; what you typed stays here." : `Not saved: ${error.message}`, true);
    return false;
  }
}

function save(form) {  // one after the other, so that the last one typed is the one that stays
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(form.points.value !== "" && Number(button.value) === Number(form.points.value)));
  }
  form.line = (form.line ?? Promise.resolve()).then(() => send(form));
  return form.line;
}

async function saveAndGoOn(form) {
  if (await save(form)) {
    const next = forms[forms.indexOf(form) + 1];
    if (next) {
      next.points.focus();
      next.closest(".card").scrollIntoView({block: "nearest"});
    }
  } else if (form.points.value !== "" && form.comment.value === "") {
    form.comment.focus();
  }
}

for (const form of forms) {
  form.saved = values(form);
  form.addEventListener("change", () => save(form));
  form.addEventListener("submit", event => { event.preventDefault(); saveAndGoOn(form); });
  form.addEventListener("click", event => {
    if (event.target instanceof HTMLButtonElement) { form.points.value = event.target.value; save(form); }
  });
  form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.target === form.points || (event.target === form.comment && event.ctrlKey))) {
      event.preventDefault();
      saveAndGoOn(form);
    }
  });
}
addEventListener("beforeunload", event => {
  if (forms.some(form => values(form) !== form.saved && values(form) !== form.sent)) event.preventDefault();
});
