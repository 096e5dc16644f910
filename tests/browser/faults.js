// What is wrong with a page for those who see little, hear it, or touch it: each function returns a list of faults.
({
  // Text whose contrast is under 4.5:1 (WCAG 2.2, 1.4.3 AA).
  faded() {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const over = (a, b) => [0, 1, 2].map((i) => (a[i] * a[3]) / 255 + b[i] * (1 - a[3] / 255)).concat(255);
    const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
    const ground = (element) => {
      const all = [];
      for (let e = element; e; e = e.parentElement) all.push(rgba(getComputedStyle(e).backgroundColor));
      return all.reduceRight((under, colour) => over(colour, under), [255, 255, 255, 255]);
    };
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode.data.trim();
      const element = walk.currentNode.parentElement;
      if (!text || !element.checkVisibility({ opacityProperty: true })) continue;
      if (element.closest(".unseen, .skip, option, kbd")) continue;
      const under = ground(element);
      const both = [light(over(rgba(getComputedStyle(element).color), under)), light(under)];
      const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
      if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.className} ${text}`);
    }
    return found;
  },

  // Controls and pictures that a screen reader cannot name.
  nameless() {
    const all = "input:not([type=hidden]):not([hidden]), select, textarea, button, a, summary, img";
    return [...document.querySelectorAll(all)]
      .filter((e) => e.checkVisibility())
      .filter((e) => !(e.labels?.length || e.ariaLabel || e.alt || e.textContent.trim()))
      .map((e) => e.outerHTML);
  },

  // Pages wider than the screen.
  wide() {
    const more = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (more <= 0) return [];
    const edge = document.documentElement.clientWidth;
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > edge);
    return [`${more} pixels too wide`, ...out.map((e) => e.outerHTML.slice(0, 80))];
  },

  // Controls that a thumb misses; links within text may be small.
  small() {
    const all = "button, summary, .views a, .thumbs a, .rooms a, .choices label, select, input:not([type=hidden]):not([hidden])";
    return [...document.querySelectorAll(all)]
      .filter((e) => e.checkVisibility() && !["checkbox", "radio"].includes(e.type))
      .filter((e) => !e.matches(".code summary, .receipt summary, .link"))
      .map((e) => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 120)])
      .filter(([height]) => height < 38)
      .map((fault) => fault.join(" "));
  },
})
