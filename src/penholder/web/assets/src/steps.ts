// Tells Penholder which step of a journey this page is. For pages of services: no dependency, no cookie, nothing stored,
// nothing about the person. What it needs stands in data- attributes of its own script element (docs/intake.md).
const { to, key, source, journey, step, channel, release } = (
  document.currentScript ?? document.querySelector<HTMLScriptElement>("script[data-to][data-key]")
)!.dataset;

function tell(name: string): void {
  // randomUUID is there on https alone; a step is not worth an error on a page that is not.
  const id = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
  const now = new Date().toISOString();
  const body = JSON.stringify({
    specversion: "1.0",
    type: "journey.step",
    id,
    source,
    time: now,
    sent: now,
    subject: journey,
    data: { step: name, channel, release },
  });
  const address = `${to}?key=${key}`;
  // A browser whose queue is full says no; then the page asks it to go on after it is left.
  if (!navigator.sendBeacon?.(address, body)) {
    void fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  }
}

if (step) tell(step);
addEventListener("penholder-step", (event) => tell((event as CustomEvent<string>).detail));

export {};
