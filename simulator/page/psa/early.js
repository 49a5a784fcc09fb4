// Keeps what a quick pod says before the screen's own script is there to hear it.

window.early = [];
addEventListener("message", (event) => window.early?.push(event));
