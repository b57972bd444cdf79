
// Added by the build: once a page has been open for a while, all that is not kept yet is fetched, so that the whole course
// works without a network after one visit. What an older build left is thrown away.
const KEPT = KEPT_FILES;
let keeping = false;
async function keepRest() {
  if (!enableCache || keeping) return;
  keeping = true;
  const cache = await openCache();
  const here = new URL("./", location.href);
  for (const file of KEPT) {
    const address = new URL(file, here).href;
    if (!(await cache.match(address, { ignoreSearch: true }))) await cache.add(address).catch(() => { keeping = false; });
  }
  const old = /\/static\/pyodide-[0-9a-f]+\//;
  for (const request of await cache.keys()) {
    const file = new URL(request.url).pathname.slice(here.pathname.length);
    if (old.test(request.url) && !KEPT.includes(file)) await cache.delete(request);
  }
}
