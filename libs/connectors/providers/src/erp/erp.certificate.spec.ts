import { erpCertificateLifetime } from './erp.certificate';

/** Of nobody, valid for a year; its key is gone. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUb2q0hI/TWmDuqr8dycHZfCEi7eowCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKaHViLWNsaWVudDAeFw0yNjExMjExMDQyNTdaFw0yNzExMjEx
MDQyNTdaMBUxEzARBgNVBAMMCmh1Yi1jbGllbnQwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASA1Ubip+un2uR9vGRDDxLNJRCpdNs+7IRjGC/3FYrgMNetbIUm0xhh
bonOER6AeLmc3/SXsqEEUUTddShT+D1Ho1MwUTAdBgNVHQ4EFgQU6/W5fuYD+J+R
RBFeiRIbzTDJfs8wHwYDVR0jBBgwFoAU6/W5fuYD+J+RRBFeiRIbzTDJfs8wDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAwvQXr5CsuVG3tptx3RV8
0+dPPzd8wuFSJCvw6LufDn4CIQCwN23eKEwjHBqB0xrtcU3htDdlRgn6BTvHIYxy
ItocxA==
-----END CERTIFICATE-----
`;
const OTHER = CERTIFICATE.replace('MII', 'AAA');

describe('the life of a client certificate', () => {
  it.each([
    ['alone', CERTIFICATE],
    ['with its chain', `${CERTIFICATE}${OTHER}`],
  ])('is read from it: %s', (_name, certificate) => {
    expect(erpCertificateLifetime({ certificate, private_key: 'x' })).toEqual({
      issuedAtMs: Date.UTC(2026, 10, 21, 10, 42, 57),
      expiresAtMs: Date.UTC(2027, 10, 21, 10, 42, 57),
      refreshExpiresAtMs: null,
    });
  });

  it.each([
    ['nothing', {}],
    ['a password', { username: 'u', password: 'p' }],
    ['no certificate', { certificate: 'nonsense' }],
    ['a broken one', { certificate: OTHER }],
  ])('is not known of %s', (_name, credentials) => {
    expect(erpCertificateLifetime(credentials)).toBeNull();
  });
});
