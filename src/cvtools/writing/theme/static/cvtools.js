"use strict";

/* A technology that the address chooses, as ?t=kafka does, lights the entries that name it and their bars in the
timeline, and dims the others. Without this script, technologies are links to the list of them. */
const links = [...document.querySelectorAll(".cv-entry .cv-technologies a")];

function choose(technology) {
  const found = links.filter((link) => technology && link.hash === `#technology-${technology}`);
  const lit = new Set(found.map((link) => link.closest(".cv-entry")));
  document.body.classList.toggle("cv-lens", lit.size > 0);
  document.querySelectorAll(".cv-lit, .cv-choice").forEach((old) => old.classList.remove("cv-lit", "cv-choice"));
  document.querySelector(".cv-lens-bar")?.remove();
  if (!lit.size) return;
  lit.forEach((entry) => entry.classList.add("cv-lit"));
  found.forEach((link) => link.classList.add("cv-choice"));
  for (const row of document.querySelectorAll(".cv-timeline a[href^='#']"))
    row.classList.toggle("cv-lit", lit.has(document.getElementById(decodeURIComponent(row.hash.slice(1)))));
  const bar = document.createElement("p");
  const [choice, end] = [found[0].cloneNode(true), document.createElement("a")];
  Object.assign(bar, { className: "cv-lens-bar", role: "status" });
  Object.assign(end, { href: location.pathname, textContent: "✕" });
  bar.append(choice, ` (${lit.size}) `, end);
  document.querySelector(".bd-article").append(bar);
}

const chosen = () => choose(new URLSearchParams(location.search).get("t"));
addEventListener("popstate", chosen);
chosen();

document.addEventListener("click", (event) => {
  const link = event.target.closest(".cv-entry .cv-technologies a, .cv-lens-bar a:last-child");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.classList.contains("cv-choice")) return;
  event.preventDefault();
  const technology = link.hash.replace("#technology-", "");
  history.pushState(null, "", technology ? `?t=${technology}` : location.pathname);
  choose(technology);
});

/* A page that the search finds lists its sections that have the words, each with a link and a summary. */
if (typeof Search !== "undefined") {
  // Sphinx writes "(technology, in Technologies)" of a hit, whose second noun would need another case in most languages.
  Documentation.TRANSLATIONS[", in "] = " · ";
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ł/gi, "l").toLowerCase();
  const make = (name, more) => Object.assign(document.createElement(name), more);

  Search.makeSearchSummary = (html, words, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(".headerlink, .cv-head dt, .cv-timeline, .cv-facts").forEach((part) => part.remove());
    const sections = [...page.querySelectorAll(anchor ? `section${anchor}` : ".bd-article section[id]")].map((section) => {
      const [title, ...body] = [...section.children].filter((part) => !part.matches("section, span:empty"));
      const text = body.map((part) => part.textContent).join(" ").replace(/\s+/g, " ").trim();
      const found = [...words].map((word) => plain(`${text} ${title.textContent}`).indexOf(plain(word)));
      return { id: section.id, title: title.textContent, text, found: found.filter((index) => index >= 0) };
    });
    const most = Math.max(...sections.map(({ found }) => found.length));
    const hits = make("ul", { className: "cv-hits" });
    for (const { id, title, text, found } of sections.filter(({ found }) => found.length === most)) {
      const start = Math.max(text.lastIndexOf(" ", Math.min(...found) - 60), 0);
      const summary = `${start ? "…" : ""}${text.slice(start, start + 200)}${text.length > start + 200 ? "…" : ""}`;
      const hit = hits.appendChild(make("li"));
      hit.append(make("a", { href: `#${id}`, textContent: title }), make("p", { className: "context", textContent: summary }));
    }
    // When the list is in its result, whose link has the address of the page.
    queueMicrotask(() => {
      const result = hits.parentElement.querySelector("a");
      for (const link of hits.querySelectorAll("a")) link.href = result.href.split("#")[0] + link.hash;
      result.href = hits.querySelector("a").href;
      // The first section of a page has the page's title, which is above.
      if (hits.querySelector("a").textContent === result.textContent) hits.querySelector("a").remove();
    });
    return hits;
  };
}
