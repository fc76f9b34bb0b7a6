// How far a file has come and where its answer begins. Without this file htmx sends the form, without htmx the browser.
const tell = (form, text, announced = text) => {
  const [box, shown, status] = [".sending", ".sending span", "[role=status]"].map((each) => form.querySelector(each));
  box.hidden = false;
  shown.textContent = text;
  if (status.textContent !== announced) status.textContent = announced;
};
document.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
  if (!formData.has("file")) formData.append("file", new File([], "")); // as a browser sends a field without a file
});
document.addEventListener("htmx:xhr:progress", ({ target: form, detail: { lengthComputable, loaded, total } }) => {
  const bar = form.querySelector("progress");
  if (!lengthComputable || !bar.hasAttribute("value")) return; // the answer on its way back is progress to htmx too
  bar.value = Math.floor((100 * loaded) / total);
  tell(form, `Skickar … ${bar.value}\u00a0%`, `Skickar … ${bar.value - (bar.value % 25)}\u00a0%`); // not every per cent
  if (loaded < total) return;
  bar.removeAttribute("value");
  tell(form, "Filen är framme och kontrolleras …");
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  detail.shouldSwap = (detail.xhr.getResponseHeader("content-type") ?? "").startsWith("text/html");
  detail.isError = !detail.shouldSwap;
});
document.addEventListener("htmx:error", ({ target: form }) => {
  tell(form, "Filen kom inte fram. Kontrollera att den inte är för stor, och försök igen.");
  form.querySelector("progress").hidden = true;
  form.setAttribute("hx-disable", "");
  htmx.process(form); // the next time the browser sends the form by itself
});
document.addEventListener("htmx:afterOnLoad", ({ detail: { xhr, requestConfig } }) => {
  if (requestConfig.elt.isConnected) return; // there was no page in the answer
  const redirected = xhr.responseURL !== new URL(requestConfig.path, location.href).href;
  history.replaceState("left", "");
  history.pushState(null, "", redirected ? xhr.responseURL : location.href);
  const start = document.querySelector(".errors, .done, h1") ?? document.body;
  start.tabIndex = -1;
  start.focus();
});
addEventListener("popstate", ({ state }) => state === "left" && location.reload());
