// A page follows its source: it is loaded anew when the book was written, and shows what is wrong with it.
// The outermost page listens for all within it, since a browser keeps few connections.
const book = document.currentScript.dataset.book;

// The reader stays where they read.
const place = `cv-place ${location.pathname}`;
addEventListener("pagehide", () => sessionStorage.setItem(place, scrollY));
if (!location.hash) addEventListener("load", () => scrollTo({ top: sessionStorage.getItem(place) ?? 0, behavior: "instant" }));

function follow(state) {
  if (book !== undefined && String(state.book) !== book && state.book) location.reload();
  document.dispatchEvent(new CustomEvent("cv-state", { detail: state }));
}

// Not before all scripts of the page have run, some of which listen.
addEventListener("DOMContentLoaded", () => {
  if (window.top !== window) {
    const hear = (event) => follow(event.detail);
    top.document.addEventListener("cv-state", hear);
    addEventListener("pagehide", () => top.document.removeEventListener("cv-state", hear));
    if (top.cvState) follow(top.cvState);
    return;
  }
  const panel = document.createElement("pre");
  panel.id = "cv-preview";
  panel.setAttribute("role", "status");
  panel.style.cssText = `position: fixed; inset: auto 0 0 0; max-height: 50vh; overflow: auto; margin: 0; padding: .8em 1em;
    z-index: 99999; background: #8b1a1a; color: #fff; font: 14px/1.5 monospace; white-space: pre-wrap; border: 0`;
  const events = new EventSource("/_preview/events");
  events.onmessage = (event) => {
    window.cvState = JSON.parse(event.data);
    const messages = new Set(Object.values(window.cvState.messages).flat());
    panel.textContent = [...messages].join("\n");
    if (messages.size) document.documentElement.append(panel);
    else panel.remove();
    follow(window.cvState);
  };
  addEventListener("pagehide", () => events.close());
});
