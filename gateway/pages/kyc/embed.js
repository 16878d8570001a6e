/**
 * For sites that ask for a person's vaccination status. They include
 *
 * ```html
 * <div id="status"></div>
 * <script src="https://HOST/kyc/embed.js" data-partner="PARTNER" data-target="#status" data-nonce="NONCE" defer></script>
 * ```
 *
 * and are told the signed answer by an event at the target, `vaccination-status`, whose `detail` is `{ answer, nonce }`. The
 * page in the frame is the service's own: what the person enters there is not the site's to see. The nonce is best drawn by
 * the site's server, which then checks the answer (signature, `aud`, `nonce`, `exp`); without one it is drawn here.
 *
 * @module embed
 */

(() => {
  const script = document.currentScript;
  const { partner = '', target = 'body', nonce = drawn() } = script.dataset;
  const service = new URL(script.src).origin;

  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', embed);
  else embed();

  function embed() {
    const place = document.querySelector(target);
    const frame = document.createElement('iframe');
    frame.src = `${service}/kyc?${new URLSearchParams({ partner, origin: location.origin, nonce })}`;
    frame.title = 'Vaccination status / टीकाकरण स्थिति';
    frame.referrerPolicy = 'no-referrer';
    Object.assign(frame.style, { width: '100%', height: '40rem', border: '0' });
    addEventListener('message', ({ origin, source, data }) => {
      const isOurs = origin === service && source === frame.contentWindow && data?.nonce === nonce;
      if (isOurs) take(place, frame, data);
    });
    place.append(frame);
  }

  function take(place, frame, { height, answer }) {
    if (Number.isFinite(height)) frame.style.height = `${Math.min(Math.max(height, 100), 4000)}px`;
    if (typeof answer === 'string') {
      place.dispatchEvent(new CustomEvent('vaccination-status', { bubbles: true, detail: { answer, nonce } }));
    }
  }

  /** 128 random bits. */
  function drawn() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  }
})();
