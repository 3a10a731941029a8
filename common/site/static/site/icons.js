// The theme's icons are words set in an icon font: nobody needs to hear them beside the words that they decorate.
document.addEventListener("DOMContentLoaded", () => {
  for (const icon of document.querySelectorAll(".material-symbols-outlined:not([aria-hidden])")) {
    const control = icon.closest("a, button");
    const name = icon.textContent.trim();
    const isAlone = control && control.textContent.trim() === name && !control.title && !control.ariaLabel;
    if (!isAlone) icon.setAttribute("aria-hidden", "true");
  }
});
