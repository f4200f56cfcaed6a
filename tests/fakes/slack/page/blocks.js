// Blocks, one by one.
"use strict";
function task(it, alone) {
  const mark = { complete: "✓", error: "✕" }[it.status] || "", more = part => part && (part.type === "rich_text" ? rich(part) : h("div", { html: words(part) }));
  return h("div", { class: `task ${it.status || "pending"} ${alone ? "card" : ""}` }, h("i", {}, mark), h("div", {}, h("b", {}, plain(it.title)), h("div", { class: "more" }, more(it.details), more(it.output))));
}
function blocks(place, all) { return (all || []).map(block => draw(place, block)); }
function draw(place, block) {
  const text = object => h("div", { class: "text", html: words(object) });
  switch (block.type) {
    case "header": return h("div", { class: "blk header" }, plain(block.text));
    case "divider": return h("hr", { class: "blk" });
    case "section": return h("div", { class: "blk sec" }, h("div", {}, block.text && text(block.text), block.fields && h("div", { class: "fields" }, block.fields.map(field => h("div", { html: words(field) })))), block.accessory && h("div", { class: "acts" }, element(place, block, block.accessory)));
    case "context": return h("div", { class: "blk context" }, block.elements.map(each => each.type === "image" ? h("img", { src: each.image_url, alt: each.alt_text }) : h("span", { html: words(each) })));
    case "actions": case "context_actions": return h("div", { class: "blk acts" }, block.elements.map(each => element(place, block, each)));
    case "image": return h("div", { class: "blk" }, block.title && h("div", { class: "imgtitle" }, plain(block.title)), h("img", { class: "big", src: block.image_url || (place.pictures || {})[(block.slack_file || {}).id], alt: block.alt_text }));
    case "rich_text": return h("div", { class: "blk" }, rich(block));
    case "markdown": return h("div", { class: "blk text", html: mrkdwn(esc(block.text).replace(/\*\*([^*]+)\*\*/g, "*$1*").replace(/^#+ (.*)$/gm, "*$1*").replace(/^[-*] /gm, "• ").replace(/\[([^\]]+)\]\(([^)]+)\)/g, "<$2|$1>")) });
    case "plan": return h("div", { class: "blk plan" }, h("b", {}, plain(block.title)), (block.tasks || []).map(each => task(each, false)));
    case "task_card": return h("div", { class: "blk" }, task(block, true));
    case "table": return h("table", { class: "blk rich" }, block.rows.map(row => h("tr", {}, row.map(cell => h("td", {}, cell.type === "rich_text" ? rich(cell) : plain(cell))))));
    case "input": return null;
    default: return h("div", { class: "blk context" }, `[a block of type ${block.type}]`);
  }
}
