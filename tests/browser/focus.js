// Where the focus is, as seen from something wanted, and what hides it from whoever works without a mouse.
(wanted) => {
  const focus = document.activeElement;
  if (!focus || focus === document.body) return { where: "nowhere", fault: "" };
  const behind = wanted.compareDocumentPosition(focus) & Node.DOCUMENT_POSITION_FOLLOWING;
  const where = focus === wanted ? "here" : behind && !wanted.contains(focus) ? "after" : "before";
  const style = getComputedStyle(focus);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = focus.getClientRects()[0];
  const what = focus.outerHTML.slice(0, 120);
  if (!ring) return { where, fault: `no ring: ${what}` };
  if (!box || box.width < 1 || box.height < 1) return { where, fault: `no size: ${what}` };
  const seen = [0.1, 0.5, 0.9].some((x) => [0.2, 0.5, 0.8].some((y) => {
    const there = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return there && (focus.contains(there) || there.contains(focus) && there !== document.body && there !== document.documentElement);
  }));
  return { where, fault: seen ? "" : `covered or out of sight: ${what}` };
}
