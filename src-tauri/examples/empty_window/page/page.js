// The same mark as the interface's: what changed just now can be seen.
function notePainted() {
  requestAnimationFrame(() =>
    setTimeout(() => {
      performance.clearMarks("rows");
      performance.mark("rows");
    }),
  );
}

const input = document.querySelector("input");
input.addEventListener("input", () => {
  document.getElementById("typed").textContent = input.value;
  notePainted();
});
notePainted();
