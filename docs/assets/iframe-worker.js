// Search in pages that are opened from a folder. The theme searches in a worker, and browsers start no worker from
// file://. This runs the worker's script in a hidden frame instead. The theme expects a script of this name:
// https://squidfunk.github.io/mkdocs-material/setup/building-for-offline-usage/
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.srcdoc = `<script src="${url}"></script>`;
      this.started = new Promise((resolve) => frame.addEventListener("load", () => resolve(frame.contentWindow)));
      this.started.then((worker) => {
        worker.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      });
      document.body.append(frame);
    }

    postMessage(data) {
      this.started.then((worker) => worker.dispatchEvent(new MessageEvent("message", { data })));
    }
  };
}
