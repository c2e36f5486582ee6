// Shows the copy buttons, which need this script, and lets them copy.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      document.getElementById("copied").textContent = "Copied.";
    } catch {
      document.getElementById("copied").textContent = "Selected: copy it with your keyboard.";
    }
  });
}
