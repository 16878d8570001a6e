/**
 * What a person agrees to before their status is told. The server records the version beside each answer, so a text that has
 * changed gets another.
 *
 * @module
 */

/** The version of {@link consentTo}'s texts. */
export const CONSENT_VERSION = '2026-11';

/**
 * The consent, with the name of who is told.
 *
 * @param {string} party The verifying party's name.
 * @returns {import("../verify/ui/labels.js").Label}
 */
export function consentTo(party) {
  return {
    en:
      `I agree that ${party} is told whether I am not, partly or fully vaccinated against COVID-19. ` +
      'It is told nothing else, and the answer is valid for a few minutes.',
    hi:
      `मैं सहमति देता/देती हूँ कि ${party} को बताया जाए कि मुझे कोविड-19 का टीका नहीं लगा है, आंशिक रूप से लगा है या पूरा लग चुका है। ` +
      'इसके अलावा कुछ नहीं बताया जाएगा, और उत्तर कुछ मिनट तक ही मान्य रहेगा।',
  };
}

/** The same where nobody is told but the person. */
export const CONSENT_ALONE = {
  en: 'I ask for my own vaccination status. Nobody else is told.',
  hi: 'मैं अपनी टीकाकरण स्थिति जानना चाहता/चाहती हूँ। किसी और को नहीं बताया जाएगा।',
};
