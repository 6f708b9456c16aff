// Reload the page when the website has been written, and show the problems of its source.
// The outermost page listens to events for its frames too, since browsers limit the number of connections.
const website = document.currentScript.dataset.website;

// Restore the scroll position.
const key = `cv-scroll ${location.pathname}`;
addEventListener("pagehide", () => sessionStorage.setItem(key, scrollY));
if (!location.hash) addEventListener("load", () => scrollTo({ top: sessionStorage.getItem(key) ?? 0, behavior: "instant" }));

function follow(state) {
  if (website !== undefined && String(state.website) !== website && state.website) location.reload();
  document.dispatchEvent(new CustomEvent("cv-state", { detail: state }));
}

// After all scripts of the page, which may listen to "cv-state", have run.
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
