/** Never says which byte was wrong: to a caller, a wrong key, a moved ciphertext and a tampered one look the same. */
export interface CryptoError {
  readonly code: 'unknown_key' | 'malformed' | 'not_authentic' | 'keyring_invalid' | 'keyring_unavailable';
  readonly message: string;
}
