// What only the browser can do for the chat: keep what is typed, move the focus, follow the newest message. Everything else is the server's.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(20)), (n) => (n % 36).toString(36)).join("");
  const narrow = window.matchMedia("(max-width: 760px)");
  const NEW = "● ";
  const DRAFT = "imagine-bot-draft";
  const MORE = "imagine-bot-more-options";
  const FORM = "imagine-bot-form ";
  const DOUBLE = 700; // milliseconds between the clicks of a double click, at most
  let pinned = true; // the log follows the newest message until somebody scrolls up
  let held = null; // the message that holds the focus
  let pressed = -Infinity; // when a button was last pressed
  let first = null; // what the first click of a double click was on
  let flight = null; // what was sent last; it stays in the box until the server has it

  const typed = (form) => {
    const values = Object.fromEntries(new FormData(form));
    values.line = form.elements.line.value.slice(0, Number(form.dataset.longest) + 1);
    values.key = form.elements.line.dataset.key || "";
    values.attached = pictures.attached().join(" ");
    return JSON.stringify(values); // a string of JSON, because a lone surrogate survives only so
  };

  window.chat = {
    // A double click is one press. (The core guards against the rest: two presses are two events, and it knows what is done already.)
    once(event, emit) {
      if (event.detail > 1 && event.timeStamp - pressed < DOUBLE) return;
      pressed = event.timeStamp;
      emit();
    },
    submit(event, emit) {
      event.preventDefault();
      const form = event.currentTarget;
      const box = form.elements.line;
      if (pictures.busy()) return; // a picture is still on its way
      if (!box.dataset.key) box.dataset.key = newKey();
      flight = { key: box.dataset.key, ...inside(box) };
      emit(typed(form));
      keep(box);
      pinned = true;
      box.focus();
    },
    price(event, emit) {
      const form = event.currentTarget.form;
      emit(typed(form));
      pinned = true;
      form.elements.line.focus();
    },
    // What was sent leaves the box. What was changed since stays: another line with all that belongs to it, another caption, other pictures.
    sent(key) {
      const box = byId("message");
      if (!box || flight?.key !== key || flight.line !== box.value) return;
      const now = inside(box);
      box.value = "";
      delete box.dataset.key;
      if (now.pictures === flight.pictures) pictures.sent();
      if (now.caption && now.caption === flight.caption) byId("option-caption").value = "";
      flight = null;
      keep(box);
      mark();
      grow(box);
    },
    // On a phone, the options are folded away. Those that hold something stay.
    more() {
      const open = !byId("composer").classList.contains("open");
      sessionStorage.setItem(MORE, open ? "1" : "");
      unfold(open);
    },
    fill(line) {
      const box = byId("message");
      if (!box) return;
      box.value = line;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    },
    async answer(event, emit) {
      event.preventDefault();
      const form = event.currentTarget;
      const values = {};
      const mask = await pictures.mask(form);
      if (mask.problem) {
        form.querySelector('[role="alert"]').textContent = mask.problem;
        return;
      }
      if (mask.sha256) values.mask = mask.sha256;
      for (const field of form.elements) if (field.name) values[field.name] = field.type === "checkbox" ? field.checked : field.value;
      emit(JSON.stringify(values));
    },
    // The server reads the file, because it knows every encoding; its topics appear in the field, where they can be changed.
    async topics(event) {
      const form = event.target.form;
      const file = event.target.files[0];
      if (!file) return;
      const answer = await fetch(`/topics?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file }).catch(() => null);
      const found = (await answer?.json().catch(() => null)) ?? { words: "", remark: event.target.dataset.lost };
      if (found.words) form.elements.topics.value = found.words;
      keepForm(form.closest("dialog"));
      event.target.value = "";
      byId("topics-remark").textContent = found.remark;
      form.elements.topics.focus();
    },
    close: (event) => event.currentTarget.closest("dialog").close(),
    closeAll: () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()),
    back(emit) {
      emit();
      byId("message")?.focus();
    },
    skip(event) {
      event.preventDefault();
      const box = byId("message");
      (box?.checkVisibility() ? box : byId("log"))?.focus();
    },
    // Who and where stay in the address, so that a reload and a second tab keep them.
    remember(name, value) {
      const url = new URL(location.href);
      url.searchParams.set(name, value);
      history.replaceState(null, "", url);
    },
    bottom() {
      pinned = true;
      const jump = byId("jump");
      if (jump) jump.hidden = true;
      follow();
    },
    // A message for the reader has come while they look at something else: they are led there, and not moved.
    arrived(id) {
      if (document.hidden && !document.title.startsWith(NEW)) document.title = NEW + document.title;
      const message = find(id);
      const jump = byId("jump");
      if (!jump || !message || pinned) return;
      jump.dataset.to = id;
      jump.hidden = false;
    },
    jump() {
      const jump = byId("jump");
      jump.hidden = true;
      this.reveal(jump.dataset.to);
    },
    reveal(id) {
      const message = find(id);
      if (!message) return;
      pinned = false;
      message.scrollIntoView({ block: "center" });
      message.focus({ preventScroll: true });
      message.classList.add("meant");
      setTimeout(() => message.classList.remove("meant"), 2000);
    },
  };

  function inside(box) {
    return { line: box.value, caption: byId("option-caption")?.value ?? "", pictures: pictures.attached().join(" ") };
  }
  // What is typed outlives a reload, and its key with it: sent again after a crash, it is known as the same line.
  function keep(box) {
    const caption = byId("option-caption")?.value ?? "";
    if (box.value || caption) sessionStorage.setItem(DRAFT, JSON.stringify([box.value, box.dataset.key ?? "", caption]));
    else sessionStorage.removeItem(DRAFT);
  }
  function restore(box) {
    box.dataset.restored = "1";
    const [line, key, words] = JSON.parse(sessionStorage.getItem(DRAFT) ?? '["", "", ""]');
    const caption = byId("option-caption");
    if (caption && words && !caption.value) caption.value = words;
    unfold(Boolean(sessionStorage.getItem(MORE)));
    mark();
    if (!line || box.value) return;
    box.value = line;
    if (key) box.dataset.key = key;
    grow(box);
  }
  // What is typed into a form outlives a reload and a restart of the bot, until the form is sent or closed. Secrets are never kept.
  const ofForm = (dialog) => Array.from(dialog.querySelectorAll("[name]")).filter((one) => !["password", "file", "hidden"].includes(one.type));
  const inField = (field) => JSON.stringify(field.type === "checkbox" ? field.checked : field.value);
  function keepForm(dialog) {
    const changed = ofForm(dialog).map((field) => [field.name, field.dataset.begun, inField(field)]);
    try {
      sessionStorage.setItem(FORM + dialog.dataset.keep, JSON.stringify(changed.filter(([, begun, now]) => begun !== now)));
    } catch {
      forgetForm(dialog); // too long for the browser's store
    }
  }
  const forgetForm = (dialog) => sessionStorage.removeItem(FORM + dialog.dataset.keep);
  // A field that begins with another value than the one that was changed keeps that: somebody else has changed it meanwhile.
  function restoreForm(dialog) {
    const kept = JSON.parse(sessionStorage.getItem(FORM + dialog.dataset.keep) ?? "[]");
    for (const field of ofForm(dialog)) {
      field.dataset.begun = inField(field);
      const found = kept.find(([name, begun]) => name === field.name && begun === field.dataset.begun);
      if (found) fillIn(field, JSON.parse(found[2]));
      if (found && inField(field) !== found[2]) fillIn(field, JSON.parse(field.dataset.begun)); // a choice that is gone
    }
  }
  function fillIn(field, value) {
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
  function unfold(open) {
    const form = byId("composer");
    form.classList.toggle("open", open);
    form.querySelector(".more").setAttribute("aria-expanded", String(open));
  }
  // Marks the options that hold something other than what they began with. The one in use stays marked until it is left.
  function mark() {
    for (const option of document.querySelectorAll("#options .option")) {
      const field = option.querySelector("select, input, textarea");
      const value = String(field.type === "checkbox" ? field.checked : field.value);
      field.dataset.usual ??= field.tagName === "TEXTAREA" ? "" : value;
      option.classList.toggle("set", value !== field.dataset.usual || field === document.activeElement);
    }
  }
  const find = (id) => document.querySelector(`article[data-message="${CSS.escape(id)}"]`);
  function follow() {
    const log = byId("log");
    if (log && pinned) log.scrollTop = log.scrollHeight;
  }
  function grow(box) {
    box.style.height = "auto";
    box.style.height = Math.min(box.scrollHeight + 2, 180) + "px";
  }
  function turn() {
    byId("tabs")?.setAttribute("aria-orientation", narrow.matches ? "horizontal" : "vertical");
  }

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (at.id === "message" && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      at.form.requestSubmit();
    }
    if (at.getAttribute?.("role") === "tab") {
      const tabs = Array.from(at.parentElement.querySelectorAll('[role="tab"]'));
      const here = tabs.indexOf(at);
      const ahead = document.documentElement.dir === "rtl" ? -1 : 1;
      const steps = { ArrowRight: ahead, ArrowDown: 1, ArrowLeft: -ahead, ArrowUp: -1, Home: -here, End: tabs.length - 1 - here };
      if (!(event.key in steps)) return;
      event.preventDefault();
      const next = tabs[(here + steps[event.key] + tabs.length) % tabs.length];
      next.focus();
      next.click();
    }
  });
  document.addEventListener("input", (event) => {
    const dialog = event.target.closest?.("dialog.sheet");
    if (dialog) keepForm(dialog);
    const box = byId("message");
    if (!box || !event.target.closest?.("#composer")) return;
    delete box.dataset.key; // another text, or other options, are another event
    keep(box);
    if (event.target === box) grow(box);
    else mark();
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.closest?.("#options")) setTimeout(mark);
  });
  document.addEventListener("focusin", (event) => {
    held = event.target.closest?.("article") ?? null;
  });
  document.addEventListener(
    "scroll",
    (event) => {
      const log = event.target;
      if (log.id !== "log") return;
      pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
      const jump = byId("jump");
      if (pinned && jump) jump.hidden = true;
    },
    true,
  );
  document.addEventListener("load", follow, true); // a picture that arrives moves what is below it
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.matches?.("dialog.sheet")) forgetForm(event.target);
      if (document.activeElement === document.body) byId("message")?.focus();
    },
    true,
  );
  // The first click may make the page move or open a form. The second click of a double click was not meant for what is there then.
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2) first = event.target;
      else if (event.target !== first) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    true,
  );
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.title = document.title.replace(NEW, "");
  });
  narrow.addEventListener("change", turn);
  window.addEventListener("resize", follow);

  document.addEventListener("DOMContentLoaded", () => {
    const look = () => {
      for (const dialog of document.querySelectorAll("dialog.sheet:not([open]):not([data-seen])")) {
        dialog.dataset.seen = "1";
        restoreForm(dialog);
        dialog.showModal();
      }
      // The button that was pressed may be gone: its message takes the focus, so that the keyboard does not start again at the top.
      if (document.activeElement === document.body && held) {
        if (held.isConnected) held.focus({ preventScroll: true });
        else held = null;
      }
      const box = byId("message");
      if (box && !box.dataset.restored) restore(box);
      window.socket?.io.reconnectionDelayMax(1000); // a bot that was started again is found within a second
      turn();
      follow();
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
    look();
  });
})();
