// What can be pressed or filled in: buttons, menus, selects, fields.
"use strict";
function sure(ask) {
  return new Promise(done => {
    const end = yes => { $("sure").hidden = true; done(yes); };
    $("sure").replaceChildren(h("div", { class: "modal small", role: "alertdialog" }, h("h3", {}, plain(ask.title)), h("div", { class: "in text", html: words(ask.text) }),
      h("div", { class: "end" }, h("button", { class: "btn", onclick: () => end(false) }, plain(ask.deny)), h("button", { class: `btn ${ask.style === "danger" ? "danger full" : "primary"}`, onclick: () => end(true) }, plain(ask.confirm)))));
    $("sure").hidden = false;
  });
}
async function press(place, block, element, value, button) {
  if (element.confirm && !await sure(element.confirm)) return redraw();
  if (button) button.disabled = true;
  const asked = { act: "click", name: element.action_id, value: value === undefined ? block.block_id : value, ...place.id };
  if (place.values) asked.values = place.values();
  await act(asked);
  if (button) button.disabled = false;
}
function popup(near, lines) {
  document.querySelectorAll(".menu").forEach(old => old.remove());
  const menu = h("div", { class: "menu" }, lines.map(([label, go]) => go ? h("button", { onclick: () => { menu.remove(); go(); } }, label) : h("small", {}, label)));
  document.body.append(menu);
  const box = near.getBoundingClientRect(), own = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - own.width - 10))}px`;
  menu.style.top = `${box.bottom + own.height + 8 > innerHeight ? box.top - own.height - 4 : box.bottom + 4}px`;
  setTimeout(() => document.addEventListener("click", () => menu.remove(), { once: true }));
}
const options = element => [...(element.options || []), ...(element.option_groups || []).flatMap(group => group.options)];
const peopleOf = () => Object.values(see.users).filter(user => !user.bot).map(user => ({ value: user.id, text: user.name }));
const roomsOf = () => see.places.filter(place => place.kind !== "im").map(place => ({ value: place.id, text: "#" + place.name }));
function choices(element) {
  if (/users_select/.test(element.type)) return peopleOf();
  if (/(channels|conversations)_select/.test(element.type)) return roomsOf();
  return options(element).map(option => ({ value: option.value, text: plain(option.text), more: plain(option.description) }));
}
function drawSelect(element, now, chosen) {
  const pick = h("select", { class: "pick", "data-action": element.action_id, "aria-label": plain(element.placeholder) || element.action_id, onchange: () => chosen(pick.value || null) },
    h("option", { value: "", disabled: Boolean(now) }, plain(element.placeholder) || "Choose…"), choices(element).map(each => h("option", { value: each.value, selected: each.value === now }, each.text)));
  return pick;
}
function element(place, block, it) {
  if (it.visible_to_user_ids && !it.visible_to_user_ids.includes(see.me)) return null;
  const name = { "data-action": it.action_id, "data-value": it.value };
  if (it.type === "button") {
    const button = h("button", { class: `btn ${it.style || ""}`, ...name, "aria-label": it.accessibility_label, onclick: () => { if (it.url && !follow(it.url)) open(it.url, "_blank"); press(place, block, it, it.value, button); } }, plain(it.text));
    return button;
  }
  if (it.type === "overflow") { const dots = h("button", { class: "btn", ...name, "aria-label": "More", onclick: () => popup(dots, it.options.map(o => [plain(o.text), () => press(place, block, it, o.value)])) }, "•••"); return dots; }
  if (it.type === "feedback_buttons") return ["positive_button", "negative_button"].map((side, n) => it[side] && h("button", { class: "btn flat", ...name, onclick: () => press(place, block, it, it[side].value) }, `${n ? "👎" : "👍"} ${plain(it[side].text)}`));
  if (it.type === "image") return h("img", { class: "pic", src: it.image_url || (place.pictures || {})[(it.slack_file || {}).id], alt: it.alt_text });
  if (/^multi_|checkboxes|radio/.test(it.type)) { const field = control(it, null); field.node.addEventListener("change", () => press(place, block, it, field.value())); return field.node; }
  if (/select$/.test(it.type)) return drawSelect(it, (it.initial_option || {}).value || it.initial_user || it.initial_conversation || it.initial_channel, value => press(place, block, it, value));
  const field = control(it, null); field.node.addEventListener("change", () => press(place, block, it, field.value())); return field.node;
}
// A field of a form: its node, and what it holds.
function control(it, held) {
  const kept = held || {}, name = { "data-action": it.action_id };
  if (/^multi_|^checkboxes$|^radio_buttons$/.test(it.type)) {
    const many = it.type !== "radio_buttons", group = "g" + Math.random();
    const on = [].concat(kept.selected_options || kept.selected_option || kept.selected_users || kept.selected_channels || kept.selected_conversations || it.initial_options || it.initial_option || it.initial_users || it.initial_conversations || it.initial_channels || []).map(x => x.value || x);
    const node = h("div", { class: `ticks ${/^multi_/.test(it.type) ? "wrap" : ""}`, ...name }, choices(it).map(each => h("label", {}, h("input", { type: many ? "checkbox" : "radio", name: group, value: each.value, checked: on.includes(each.value) }), h("span", {}, each.text, each.more && h("small", {}, each.more)))));
    const ticked = () => [...node.querySelectorAll("input:checked")].map(box => box.value);
    return { node, value: () => many ? ticked() : ticked()[0] || null };
  }
  if (/select$/.test(it.type)) {
    const now = (kept.selected_option || it.initial_option || {}).value || kept.selected_user || it.initial_user || kept.selected_channel || kept.selected_conversation || it.initial_channel || it.initial_conversation;
    const node = drawSelect(it, now, () => {}); return { node, value: () => node.value || null };
  }
  if (it.type === "file_input") {
    const ids = [], note = h("small", {}), pick = h("input", { type: "file", multiple: (it.max_files || 10) > 1, onchange: async () => { for (const one of pick.files) { const up = await send(one, () => {}); ids.push(up.id); note.textContent = `${ids.length} ready`; } } });
    return { node: h("div", name, pick, note), value: () => ids };
  }
  const kind = { datepicker: "date", timepicker: "time", number_input: "number" }[it.type] || "text";
  const begin = kept.value ?? kept.selected_date ?? kept.selected_time ?? it.initial_value ?? it.initial_date ?? it.initial_time ?? "";
  const node = it.multiline ? h("textarea", { rows: 4, ...name, placeholder: plain(it.placeholder) }) : h("input", { type: kind, ...name, placeholder: plain(it.placeholder) });
  node.value = begin;
  return { node, value: () => node.value || null };
}
