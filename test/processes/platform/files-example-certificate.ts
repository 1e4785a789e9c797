// Made for tests with `openssl ca -selfsign`; signed by itself, valid from 2020 to 2120. The key is
// public with this file and must not be used for anything else.

/** Private key of the server `files.example`. */
export const FILES_EXAMPLE_KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIOOZzIk6aUE6k1zQRPeKTLdK56wIfFV7b8Mt8N4kyL3goAoGCCqGSM49
AwEHoUQDQgAEyxANc2fHNYUFrjlEy5UyXhRP+UWSrXo8bax2IyFfFIn8a5C+S6VV
0ytnz+xwWC1hAz5QRMRxvwF2pJ3DwzyQ9g==
-----END EC PRIVATE KEY-----
`

/** Certificate of the server `files.example`. */
export const FILES_EXAMPLE_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBbTCCAROgAwIBAgIBATAKBggqhkjOPQQDAjAYMRYwFAYDVQQDDA1maWxlcy5l
eGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAYMRYwFAYD
VQQDDA1maWxlcy5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyxAN
c2fHNYUFrjlEy5UyXhRP+UWSrXo8bax2IyFfFIn8a5C+S6VV0ytnz+xwWC1hAz5Q
RMRxvwF2pJ3DwzyQ9qNMMEowDwYDVR0TAQH/BAUwAwEB/zAYBgNVHREEETAPgg1m
aWxlcy5leGFtcGxlMB0GA1UdDgQWBBSQPHdUJqh3+qB9ZBluNTdddn21izAKBggq
hkjOPQQDAgNIADBFAiA4s4SZkReKItTvNr4SHUqZBPaGetEpD1RlaG+cEvWc7QIh
APQUcuD6HuKXB0TprltaeaEH3ew5gwCGX/EBfopjA9jo
-----END CERTIFICATE-----
`
