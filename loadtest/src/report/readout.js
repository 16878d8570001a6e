// Shows what a plot holds under the pointer. The page reads without it.
for (const figure of document.querySelectorAll("figure[data-readout]")) {
  const points = JSON.parse(figure.dataset.readout || "[]");
  const output = figure.querySelector(".readout");
  if (!points.length || !output) continue;
  for (const plot of figure.querySelectorAll("svg.plot")) {
    const [left, top, width, height] = plot.dataset.frame.split(" ").map(Number);
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "pointer");
    line.setAttribute("y1", top);
    line.setAttribute("y2", top + height);
    plot.append(line);
    plot.addEventListener("pointermove", (event) => {
      const box = plot.getBoundingClientRect();
      const at = (((event.clientX - box.left) / box.width) * plot.dataset.width - left) / width;
      const nearest = points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a));
      line.setAttribute("x1", left + nearest[0] * width);
      line.setAttribute("x2", left + nearest[0] * width);
      line.style.visibility = "visible";
      output.textContent = nearest[1];
    });
    plot.addEventListener("pointerleave", () => {
      line.style.visibility = "hidden";
      output.textContent = "";
    });
  }
}
