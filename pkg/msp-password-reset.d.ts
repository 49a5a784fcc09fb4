/** Detail of the `verified` and `verification-ended` events. */
export interface VerifiedDetail {
  /** The contact that the pod shows. */
  contact: string;
  /** The ticket, where there is one. */
  ticket: string | null;
  /** Which destination it was about: an opaque key, never the address itself. */
  destination: string;
}

/** Detail of the `reset-completed` and `link-…` events. */
export interface ResetDetail {
  /** The contact that the pod shows. */
  contact: string;
  /** The ticket, where there is one. */
  ticket: string | null;
  /** The reset's id. */
  reset: string;
}

/**
 * The pod. Attributes: `host`; on our own pages `contact` and `ticket`; in a PSA's frame `pod`, `origins` and
 * `ticket-parameter`. Changing one mounts it anew.
 */
export interface MspPasswordResetElement extends HTMLElement {
  addEventListener(
    type: "verified" | "verification-ended",
    listener: (event: CustomEvent<VerifiedDetail>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: "reset-completed" | "link-replaced" | "link-resent" | "link-opened" | "link-ended" | "link-tried",
    listener: (event: CustomEvent<ResetDetail>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "msp-password-reset": MspPasswordResetElement;
  }
}
