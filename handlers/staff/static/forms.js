// Forms that are sent once, and words that are not lost by a slip.

/** Whether something within was written and not sent. */
export function draft(within) {
  return [...within.querySelectorAll("textarea:not([readonly])")].some((area) => area.value.trim() && !area.form?.dataset.sent);
}

export function forms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
    }
  });
  addEventListener("beforeunload", (event) => draft(document) && event.preventDefault());
  document.addEventListener("change", (event) => event.target.matches(".find select") && event.target.form.requestSubmit());
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.me[open]")) if (!menu.contains(event.target)) menu.open = false;
    const link = event.target.closest?.(".thumbs a");
    if (link && say(link.hash.slice(1))) event.preventDefault();
  });
  say(location.hash.slice(1));
}

/** Open one of the ticket's forms and put the cursor into it; false when the page has no such form. */
export function say(name) {
  const form = name && document.querySelector(`details.say#${CSS.escape(name)}`);
  if (!form) return false;
  form.open = true;
  (form.querySelector("textarea") ?? form.querySelector("summary")).focus();
  form.scrollIntoView({ block: "nearest" });
  return true;
}
