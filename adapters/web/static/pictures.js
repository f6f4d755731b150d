// Pictures that a member attaches, and the mask that is drawn over one. The files go to the server at once, so that a bad one is said at once.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const you = () => byId("you")?.value ?? "";
  const words = () => byId("attached")?.dataset ?? {};
  let waiting = 0;

  async function upload(file, name, more = {}) {
    const query = new URLSearchParams({ you: you(), name, lang: document.documentElement.lang, ...more });
    let answer;
    try {
      answer = await fetch(`/uploads?${query}`, { method: "POST", body: file });
    } catch {
      return { problem: words().lost };
    }
    return answer.json().catch(() => ({ problem: words().lost }));
  }

  function say(sentence) {
    const line = byId("attach-problem");
    if (line) line.textContent = sentence;
  }

  function changed() {
    const box = byId("message");
    if (box) delete box.dataset.key; // other pictures are another event
    const any = byId("attached")?.children.length > 0;
    for (const one of document.querySelectorAll(".composer .with-pictures")) one.hidden = !any;
  }

  async function attach(files) {
    const list = byId("attached");
    if (!list) return;
    say("");
    for (const file of files) {
      if (list.children.length >= Number(list.dataset.most)) {
        say(list.dataset.full);
        break;
      }
      const name = file.name || list.dataset.pasted;
      const item = document.createElement("li");
      item.className = "attached loading";
      item.setAttribute("aria-busy", "true");
      item.append(document.createElement("span"));
      item.firstChild.textContent = name;
      list.append(item);
      waiting += 1;
      const made = await upload(file, name);
      waiting -= 1;
      if (!made.sha256) {
        item.remove();
        say(made.problem ?? list.dataset.lost);
        break;
      }
      show(item, made, name);
      changed();
    }
    byId("message")?.focus();
  }

  function show(item, made, name) {
    const list = byId("attached");
    item.className = "attached";
    item.removeAttribute("aria-busy");
    item.dataset.sha256 = made.sha256;
    const img = document.createElement("img");
    img.src = `/pictures/${made.sha256}`;
    img.alt = list.dataset.alt.replace("{name}", name);
    const gone = document.createElement("button");
    gone.type = "button";
    gone.className = "remove";
    gone.textContent = "×";
    gone.setAttribute("aria-label", list.dataset.remove.replace("{name}", name));
    gone.addEventListener("click", () => {
      item.remove();
      changed();
      byId("message")?.focus();
    });
    item.replaceChildren(img, gone);
  }

  // ---- mask

  const BRUSH = { small: 0.03, medium: 0.07, large: 0.14 }; // shares of the longer edge

  function begin(frame) {
    const canvas = frame.querySelector("canvas");
    const [, width, height] = JSON.parse(frame.dataset.pictures)[0];
    Object.assign(frame, { strokes: 0, at: [width / 2, height / 2], file: null });
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      frame.drawing = true;
      frame.at = where(canvas, event);
      dot(frame, frame.at, frame.at);
    });
    canvas.addEventListener("pointermove", (event) => {
      const at = where(canvas, event);
      if (frame.drawing) dot(frame, frame.at, at);
      frame.at = at;
    });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (frame.drawing = false));
    canvas.addEventListener("keydown", (event) => keys(frame, event));
    canvas.addEventListener("focus", () => cursor(frame));
    canvas.addEventListener("blur", () => frame.querySelector(".cursor").setAttribute("hidden", ""));
    frame.querySelector('[data-do="clear"]').addEventListener("click", () => clear(frame));
    frame.querySelector('input[type="file"]').addEventListener("change", (event) => {
      Object.assign(frame, { file: event.target.files[0] ?? null, fit: false });
      frame.querySelector('[data-do="fit"]').hidden = true;
      mark(frame);
    });
    frame.querySelector('[data-do="fit"]').addEventListener("click", (event) => {
      frame.fit = true;
      event.currentTarget.hidden = true;
      frame.closest("form").querySelector('[role="alert"]').textContent = "";
      mark(frame);
    });
    const choice = frame.closest("form").elements.picture;
    choice?.addEventListener("change", () => load(frame, Number(choice.value) - 1));
    load(frame, 0);
  }

  function load(frame, place) {
    const [sha256, width, height] = JSON.parse(frame.dataset.pictures)[place] ?? JSON.parse(frame.dataset.pictures)[0];
    const canvas = frame.querySelector("canvas");
    frame.querySelector("img").src = `/pictures/${sha256}`;
    Object.assign(canvas, { width, height });
    frame.size = `${width}x${height}`;
    frame.strokes = 0;
    frame.at = [width / 2, height / 2];
    mark(frame);
  }

  function where(canvas, event) {
    const seen = canvas.getBoundingClientRect();
    return [((event.clientX - seen.left) / seen.width) * canvas.width, ((event.clientY - seen.top) / seen.height) * canvas.height];
  }

  function brush(frame) {
    const canvas = frame.querySelector("canvas");
    return BRUSH[frame.querySelector("select").value] * Math.max(canvas.width, canvas.height);
  }

  function dot(frame, from, to) {
    const pen = frame.querySelector("canvas").getContext("2d");
    Object.assign(pen, { strokeStyle: "#5a52e8", lineWidth: brush(frame), lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(to[0] + 0.01, to[1]);
    pen.stroke();
    frame.strokes += 1;
    mark(frame);
  }

  // With the keyboard: arrows move the brush, Space paints, Delete clears.
  function keys(frame, event) {
    const canvas = event.currentTarget;
    const step = brush(frame) / 2;
    const steps = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key in steps) {
      const [x, y] = steps[event.key];
      const to = [Math.min(canvas.width, Math.max(0, frame.at[0] + x)), Math.min(canvas.height, Math.max(0, frame.at[1] + y))];
      if (event.shiftKey) dot(frame, frame.at, to);
      frame.at = to;
    } else if (event.key === " ") dot(frame, frame.at, frame.at);
    else if (event.key === "Delete" || event.key === "Backspace") clear(frame);
    else return;
    event.preventDefault();
    cursor(frame);
  }

  function cursor(frame) {
    const ring = frame.querySelector(".cursor");
    const canvas = frame.querySelector("canvas");
    ring.removeAttribute("hidden");
    const wide = (brush(frame) / canvas.width) * 100;
    Object.assign(ring.style, { left: `${(frame.at[0] / canvas.width) * 100}%`, top: `${(frame.at[1] / canvas.height) * 100}%`, width: `${wide}%` });
  }

  function clear(frame) {
    const canvas = frame.querySelector("canvas");
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
    frame.querySelector('input[type="file"]').value = "";
    Object.assign(frame, { strokes: 0, file: null, fit: false });
    mark(frame);
  }

  function mark(frame) {
    const said = frame.querySelector('[role="status"]');
    said.textContent = frame.fit ? frame.dataset.fitted : frame.file ? frame.dataset.file : frame.strokes ? frame.dataset.marked : frame.dataset.nothing;
  }

  // The mask as services want it: opaque, with what is to change transparent.
  async function mask(form) {
    const frame = form.querySelector(".mask");
    if (!frame || (!frame.strokes && !frame.file)) return {};
    let file = frame.file;
    if (!file) {
      const drawn = frame.querySelector("canvas");
      const made = new OffscreenCanvas(drawn.width, drawn.height);
      const pen = made.getContext("2d");
      pen.fillRect(0, 0, drawn.width, drawn.height);
      pen.globalCompositeOperation = "destination-out";
      pen.drawImage(drawn, 0, 0);
      file = await made.convertToBlob({ type: "image/png" });
    }
    const made = await upload(file, file.name ?? "mask.png", { mask_of: frame.size, ...(frame.fit ? { fit: "1" } : {}) });
    // A mask of another size, or without anything transparent, can be converted when the member wants that.
    if (made.problem && frame.file && !frame.fit) frame.querySelector('[data-do="fit"]').hidden = false;
    return made;
  }

  window.pictures = {
    mask,
    attach: (event) => {
      attach([...event.target.files]);
      event.target.value = "";
    },
    choose: () => byId("attach-file")?.click(),
    busy: () => waiting > 0,
    attached: () => [...(byId("attached")?.children ?? [])].map((one) => one.dataset.sha256).filter(Boolean),
    sent() {
      byId("attached")?.replaceChildren();
      const consent = byId("option-consent");
      if (consent) consent.checked = false;
      say("");
      changed();
    },
  };

  const images = (data) => [...(data?.items ?? [])].filter((one) => one.kind === "file").map((one) => one.getAsFile()).filter(Boolean);
  document.addEventListener("paste", (event) => {
    const files = images(event.clipboardData);
    if (!files.length || !byId("attached") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    attach(files);
  });
  const droppable = (event) => byId("attached") && !document.querySelector("dialog[open]") && [...(event.dataTransfer?.types ?? [])].includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!droppable(event)) return;
    event.preventDefault();
    byId("composer").classList.add("dropping");
  });
  for (const end of ["dragleave", "drop"]) document.addEventListener(end, () => byId("composer")?.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    if (!droppable(event)) return;
    event.preventDefault();
    attach([...event.dataTransfer.files]);
  });
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      for (const frame of document.querySelectorAll(".mask:not([data-begun])")) {
        frame.dataset.begun = "1";
        begin(frame);
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
