/**
 * Looks for codes with the camera. Frames stay in this page.
 *
 * @module
 */

import { QUICK, readCodes } from '../qr/read.js';
import { frameOf } from './pictures.js';

/** How long the page is left alone between two looks, in milliseconds. */
const PAUSE_MS = 80;

/** The camera, while somebody looks for a code. */
export class Camera {
  #video;
  #stream = null;
  /** Counts the starts: a look that began before the last one no longer counts. */
  #turn = 0;

  /** @param {HTMLVideoElement} video Shows what the camera sees. */
  constructor(video) {
    this.#video = video;
  }

  /**
   * Starts looking.
   *
   * @param {(text: string) => boolean} found Is told of each code; whether it was what is looked for.
   * @returns {Promise<void>} Once the camera runs.
   * @throws {DOMException} If it cannot be used, by the name of `NotAllowedError` if it may not be.
   */
  async start(found) {
    this.stop();
    const turn = this.#turn;
    if (!navigator.mediaDevices) throw new DOMException('no camera', 'NotFoundError');
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
    });
    if (turn !== this.#turn) return end(stream);
    this.#stream = stream;
    this.#video.srcObject = stream;
    await this.#video.play();
    this.#look(turn, await bestReader(), found);
  }

  /** Stops looking and lets go of the camera. */
  stop() {
    this.#turn++;
    if (this.#stream) end(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
  }

  async #look(turn, read, found) {
    const texts = this.#video.videoWidth > 0 ? await read(this.#video) : [];
    if (turn !== this.#turn) return;
    if (texts.some(text => found(text))) this.stop();
    else setTimeout(() => this.#look(turn, read, found), PAUSE_MS);
  }
}

/** The browser's own reader of codes where there is one, or ours. */
async function bestReader() {
  const ours = async video => readCodes(frameOf(video), QUICK);
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  if (!formats?.includes('qr_code')) return ours;
  const detector = new globalThis.BarcodeDetector({ formats: ['qr_code'] });
  return async video => {
    try {
      return (await detector.detect(video)).map(code => code.rawValue);
    } catch {
      return ours(video);
    }
  };
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}
