/**
 * What the page says, in English and Hindi.
 *
 * @module
 */

const label = (en, hi) => ({ en, hi });

/** The answers: 0, 1 and 2. */
export const STATUSES = [
  {
    tone: 'none',
    title: label('Not vaccinated', 'टीका नहीं लगा'),
    text: label('No dose is recorded.', 'कोई खुराक दर्ज नहीं है।'),
  },
  {
    tone: 'care',
    title: label('Partially vaccinated', 'आंशिक टीकाकरण'),
    text: label('Some doses of the schedule are recorded.', 'कुछ खुराकें दर्ज हैं, सभी नहीं।'),
  },
  {
    tone: 'good',
    title: label('Fully vaccinated', 'पूर्ण टीकाकरण'),
    text: label('All doses of the schedule are recorded.', 'सभी खुराकें दर्ज हैं।'),
  },
];

/** Why a step was refused, by the status of the answer; `0` if there was none. */
export const PROBLEMS = {
  0: label('There is no connection. Try again.', 'संपर्क नहीं हो पाया। फिर प्रयास करें।'),
  400: label(
    'The service did not accept this. Check what you entered.',
    'सेवा ने इसे स्वीकार नहीं किया। भरी हुई जानकारी जाँचें।',
  ),
  401: label('The code is wrong or too old.', 'कोड ग़लत है या पुराना हो चुका है।'),
  403: label('This site may not ask here.', 'इस साइट को पूछने की अनुमति नहीं है।'),
  429: label('Too many attempts. Try again later.', 'बहुत अधिक प्रयास हुए। कुछ देर बाद प्रयास करें।'),
  500: label('The service is busy. Try again.', 'सेवा व्यस्त है। फिर प्रयास करें।'),
};

/** What the page says on its way. */
export const PROGRESS = {
  sent: label(
    'A code was sent to this mobile number.',
    'इस मोबाइल नंबर पर कोड भेजा गया है।',
  ),
  working: label('One moment…', 'कृपया प्रतीक्षा करें…'),
  notEmbedded: label('This site may not ask here.', 'इस साइट को पूछने की अनुमति नहीं है।'),
};

/**
 * @param {string} party The verifying party's name.
 * @returns {import("../verify/ui/labels.js").Label}
 */
export function toldTo(party) {
  return label(`${party} was given this answer.`, `${party} को यह उत्तर दे दिया गया है।`);
}
