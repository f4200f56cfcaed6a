// Modals, and what is filled into them.
"use strict";
function field(place, block, held, wrong) {
  const it = block.element, made = control(it, (held[block.block_id] || {})[it.action_id]);
  place.fields.push([block.block_id, made]);
  if (block.dispatch_action) made.node.addEventListener("change", () => press(place, block, it, made.value()));
  return h("div", { class: `field ${wrong ? "bad" : ""}`, "data-block": block.block_id }, h("label", {}, plain(block.label), block.optional && h("span", { class: "opt" }, " (optional)")), made.node, wrong && h("div", { class: "wrong" }, wrong), block.hint && h("div", { class: "hint", html: words(block.hint) }));
}
function inView(v) {
  const place = { id: { view: v.id }, fields: [], pictures: v.pictures };
  place.values = () => Object.fromEntries(place.fields.map(([name, made]) => [name, made.value()]));
  const drawn = v.view.blocks.map(block => block.type === "input" ? field(place, block, v.held, v.errors[block.block_id]) : draw(place, block));
  return [place, drawn];
}
function modal() {
  const v = see.view, veil = $("veil"), sign = v ? JSON.stringify([v.id, v.hash, v.errors]) : "";
  if (veil.sign === sign) return;
  veil.sign = sign; veil.hidden = !v;
  if (!v) return veil.replaceChildren();
  const [place, drawn] = inView(v), bye = () => act({ act: "close", view: v.id });
  const go = async event => { event.target.disabled = true; await act({ act: "submit", view: v.id, values: place.values() }); event.target.disabled = false; };
  veil.replaceChildren(h("div", { class: "modal", role: "dialog", "data-view": v.view.callback_id }, h("h3", {}, plain(v.view.title), h("button", { onclick: bye, "aria-label": "Close" }, "✕")), h("div", { class: "in" }, drawn),
    h("div", { class: "end" }, h("button", { class: "btn", onclick: bye }, plain(v.view.close) || "Cancel"), v.view.submit && h("button", { class: "btn primary submit", onclick: go }, plain(v.view.submit)))));
  const first = veil.querySelector(".field"), begin = first && first.querySelector("textarea, input[type=text]");
  if (begin) begin.focus();
}
