// Keys: "/" goes to the search, "?" opens the help. Off in the account. Nothing here is needed to use a page.
(() => {
  "use strict";
  const typing = (el) => el.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(el.tagName);
  document.addEventListener("keydown", (event) => {
    if (document.body.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("input[type=search]");
      event.preventDefault();
      if (search) search.focus(); else location.assign("/people");
    } else if (event.key === "?") {
      location.assign("/help");
    }
  });
  // The list narrows without a new page: the links around it take the filter along, each with its own part kept.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    for (const link of document.querySelectorAll("a[data-filter]")) {
      const filter = new URLSearchParams(location.search);
      const part = link.dataset.filter;
      const own = part && new URLSearchParams(link.search).get(part);
      filter.delete("page");
      filter.delete(part);
      if (own) filter.set(part, own);
      link.search = filter;
    }
  });
  // A page that came back with problems: the summary is read first.
  const errors = document.querySelector(".cw-errors");
  if (errors) errors.focus();
})();
