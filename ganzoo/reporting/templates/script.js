"use strict";
document.documentElement.classList.add("js");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const held = (element) => JSON.parse(element.querySelector("script[type='application/json']").textContent);

/* Sliders: every track of a player shows the picture of the same moment. */
for (const player of document.querySelectorAll(".player")) {
  const { labels, tracks, ends, pace } = held(player);
  const range = player.querySelector("input[type=range]");
  const output = player.querySelector("output");
  const button = player.querySelector(".play");
  const images = [...player.querySelectorAll("img[data-track]")];
  const names = images.map((image) => image.alt);
  let timer = 0;
  const show = () => {
    const at = Number(range.value);
    output.textContent = labels[at];
    range.setAttribute("aria-valuetext", labels[at]);
    images.forEach((image, i) => {
      image.src = tracks[image.dataset.track][at];
      image.alt = `${names[i]}, ${labels[at]}`;
    });
    for (const end of player.querySelectorAll("[data-end]"))
      end.textContent = ends[end.dataset.of][at][end.dataset.end];
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = "▶ Play";
  };
  const play = () => {
    if (range.value === range.max) range.value = 0;
    else range.stepUp();
    show();
    if (range.value === range.max) stop();
  };
  range.addEventListener("input", () => { stop(); show(); });
  button.addEventListener("click", () => {
    if (timer) return stop();
    button.textContent = "❚❚ Stop";
    timer = setInterval(play, calm.matches ? 1000 : pace);
    play();
  });
  range.value = range.defaultValue;
  show();
}

/* Commands: a button next to each copies it. */
for (const button of document.querySelectorAll(".copy")) {
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    let copied = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      copied = true;
    } catch {
      getSelection().selectAllChildren(code);
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}

/* Curves: drawn by bokeh, in the page's colours. */
const coloured = () => {
  const soft = getComputedStyle(document.documentElement).getPropertyValue("--soft").trim();
  for (const each of Bokeh.documents)
    for (const root of each.roots())
      for (const axis of root.references())
        if (axis.type.endsWith("Axis"))
          axis.axis_label_text_color = axis.major_label_text_color = soft;
};
const unreached = (element) => {  /* the keyboard skips a picture: its numbers are in a table */
  for (const each of element.querySelectorAll("*")) {
    if (each.tabIndex >= 0) each.tabIndex = -1;
    if (each.shadowRoot) unreached(each.shadowRoot);
  }
};
const draw = async () => {
  Bokeh.set_log_level("warn");
  await Promise.all([...document.querySelectorAll(".chart")].map(async (chart) => {
    await Bokeh.embed.embed_item(held(chart), chart.querySelector(".plot").id);
  }));
  document.querySelectorAll(".plot").forEach(unreached);
  coloured();
  dark.addEventListener("change", coloured);
  document.documentElement.dataset.drawn = "yes";
};
for (const every of document.querySelectorAll("button[data-every]"))
  every.addEventListener("click", () => {
    for (const key of every.closest("section").querySelectorAll("button.key"))
      if (key.getAttribute("aria-pressed") !== every.dataset.every) key.click();
  });
for (const key of document.querySelectorAll("button.key")) {
  key.addEventListener("click", () => {
    const shown = key.getAttribute("aria-pressed") !== "true";
    const everywhere = key.closest(".charts") === null;
    const chart = key.closest(".chart");
    key.setAttribute("aria-pressed", shown);
    for (const each of Bokeh.documents)
      for (const root of each.roots())
        if (everywhere || root.name === chart.id) {
          const own = (renderer) => renderer.name === key.dataset.line;
          /* an axis needs a visible curve: without one it keeps its first range */
          root.y_range.only_visible = shown
            || root.renderers.some((each) => each.name && each.visible && !own(each));
          for (const renderer of root.renderers.filter(own)) renderer.visible = shown;
        }
  });
}
if (document.querySelector(".chart")) draw();
