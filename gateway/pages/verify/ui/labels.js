/**
 * What the page says, in English and Hindi.
 *
 * @typedef {{ en: string, hi: string }} Label
 * @module
 */

const label = (en, hi) => ({ en, hi });

/** A verdict in some words, and what it means. `tone` chooses colour and sign. */
export const OUTCOMES = {
  valid: {
    tone: 'good',
    title: label('Valid', 'मान्य'),
    text: label(
      'The issuer signed this certificate, it has not been altered, and it has not been revoked.',
      'यह प्रमाणपत्र जारीकर्ता द्वारा हस्ताक्षरित है, इसमें कोई बदलाव नहीं हुआ है और इसे रद्द नहीं किया गया है।',
    ),
  },
  'not-checked': {
    tone: 'care',
    title: label('Genuine, but cannot tell whether revoked', 'असली, पर रद्द है या नहीं यह पता नहीं'),
    text: label(
      'The issuer signed this certificate and it has not been altered. Its list of revoked certificates cannot be reached now.',
      'यह प्रमाणपत्र जारीकर्ता द्वारा हस्ताक्षरित है और इसमें कोई बदलाव नहीं हुआ है। रद्द किए गए प्रमाणपत्रों की सूची अभी उपलब्ध नहीं है।',
    ),
  },
  altered: {
    tone: 'bad',
    title: label('Altered', 'बदला हुआ'),
    text: label(
      'This is not what the issuer signed. Nothing that it says can be believed.',
      'यह वह नहीं है जिस पर जारीकर्ता ने हस्ताक्षर किए थे। इसमें लिखी किसी बात पर विश्वास नहीं किया जा सकता।',
    ),
  },
  revoked: {
    tone: 'bad',
    title: label('Revoked', 'रद्द'),
    text: label(
      'The issuer has revoked this certificate, or replaced it by a corrected one.',
      'जारीकर्ता ने यह प्रमाणपत्र रद्द कर दिया है या इसकी जगह सुधारा हुआ प्रमाणपत्र जारी किया है।',
    ),
  },
  'unknown-issuer': {
    tone: 'bad',
    title: label('Unknown issuer', 'अज्ञात जारीकर्ता'),
    text: label(
      'No key that is known here has signed this certificate.',
      'इस प्रमाणपत्र पर यहाँ ज्ञात किसी कुंजी से हस्ताक्षर नहीं हुए हैं।',
    ),
  },
  expired: {
    tone: 'care',
    title: label('Expired', 'अवधि समाप्त'),
    text: label(
      'The issuer signed this certificate, but it no longer holds.',
      'यह प्रमाणपत्र असली है, पर इसकी अवधि समाप्त हो चुकी है।',
    ),
  },
  early: {
    tone: 'care',
    title: label('Not yet valid', 'अभी मान्य नहीं'),
    text: label(
      'The issuer signed this certificate, but it does not hold yet.',
      'यह प्रमाणपत्र असली है, पर अभी लागू नहीं हुआ है।',
    ),
  },
};

/** What stands in place of an outcome's text for these reasons. */
export const REASONS = {
  'key-revoked': label(
    'The key that signed this certificate was revoked, since others may have it. Ask for the certificate to be issued again.',
    'जिस कुंजी से यह प्रमाणपत्र हस्ताक्षरित है वह रद्द कर दी गई है। प्रमाणपत्र दोबारा जारी करवाएँ।',
  ),
  'key-retired': label(
    'It was signed with a key that was no longer in use.',
    'इस पर ऐसी कुंजी से हस्ताक्षर हुए हैं जो तब उपयोग में नहीं थी।',
  ),
  disagreement: label(
    'The document and the QR code in it are different certificates.',
    'दस्तावेज़ और उसमें छपा QR कोड अलग-अलग प्रमाणपत्र हैं।',
  ),
};

/** Why there is no verdict. */
export const FAILURES = {
  foreign: {
    tone: 'none',
    title: label('Not a certificate', 'प्रमाणपत्र नहीं'),
    text: label(
      'No vaccination certificate of a kind that is known here was found.',
      'यहाँ ज्ञात किसी प्रकार का टीकाकरण प्रमाणपत्र नहीं मिला।',
    ),
  },
  damaged: {
    tone: 'none',
    title: label('Cannot be read', 'पढ़ा नहीं जा सका'),
    text: label(
      'A part of the certificate is missing or was misread. Try again.',
      'प्रमाणपत्र का कोई भाग छूट गया या ग़लत पढ़ा गया। फिर से प्रयास करें।',
    ),
  },
  'too-long': {
    tone: 'none',
    title: label('Not a certificate', 'प्रमाणपत्र नहीं'),
    text: label('This is too large for a certificate.', 'यह प्रमाणपत्र होने के लिए बहुत बड़ा है।'),
  },
  'no-keys': {
    tone: 'none',
    title: label('Cannot verify now', 'अभी जाँच नहीं हो सकती'),
    text: label(
      "The issuer's keys cannot be reached. Check the connection and try again.",
      'जारीकर्ता की कुंजियाँ उपलब्ध नहीं हैं। इंटरनेट संपर्क जाँचें और फिर प्रयास करें।',
    ),
  },
};

/** Names of fields. */
export const FIELDS = {
  name: label('Name', 'नाम'),
  birthYear: label('Year of birth', 'जन्म वर्ष'),
  dateOfBirth: label('Date of birth', 'जन्म तिथि'),
  gender: label('Gender', 'लिंग'),
  passport: label('Passport number', 'पासपोर्ट संख्या'),
  vaccine: label('Vaccine', 'टीका'),
  dose: label('Dose', 'खुराक'),
  date: label('Date of dose', 'खुराक की तिथि'),
  place: label('Vaccinated at', 'टीकाकरण स्थान'),
  manufacturer: label('Manufacturer', 'निर्माता'),
  prophylaxis: label('Protects against', 'किससे बचाव'),
  batch: label('Batch', 'बैच'),
  reference: label('Beneficiary reference', 'लाभार्थी संदर्भ संख्या'),
  certificateId: label('Certificate id', 'प्रमाणपत्र संख्या'),
  issuer: label('Issued by', 'जारीकर्ता'),
  signed: label('Signed', 'हस्ताक्षर का समय'),
  validUntil: label('Valid until', 'मान्यता की अवधि'),
  asOf: label('Revocations known as of', 'रद्द सूची का समय'),
};

/** What the page says while it works. */
export const PROGRESS = {
  looking: label('Looking for a code…', 'कोड खोजा जा रहा है…'),
  verifying: label('Verifying…', 'जाँच हो रही है…'),
  otherCode: label('This code is no certificate. Keep looking…', 'यह कोड प्रमाणपत्र नहीं है। खोज जारी है…'),
  noCamera: label('The camera cannot be used. Choose a file instead.', 'कैमरा उपयोग नहीं हो सकता। फ़ाइल चुनें।'),
  denied: label(
    'The browser does not let this page use the camera. Allow it, or choose a file instead.',
    'ब्राउज़र ने कैमरे की अनुमति नहीं दी। अनुमति दें या फ़ाइल चुनें।',
  ),
};

/** The button that verifies once more. */
export const AGAIN = label('Try again', 'फिर प्रयास करें');
