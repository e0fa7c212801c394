import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryFolder } from './temporary-folder.js';

// Certificates for tests of clients, valid until 2126, of keys that protect nothing.

/** The authority of all certificates below but STRANGER. */
export const CA = `-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUBeoGJ3lSqNClXJa8Ad+75aui/IcwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdCBjYTAgFw0yNjExMjkxOTUwNTVaGA8yMTI2MTEwNTE5
NTA1NVowEjEQMA4GA1UEAwwHdGVzdCBjYTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABK0/xw72jRB7xUk8ZcKH8e4CCIn0c4xOSbECAkeotF1AS5uO7oHT4vJiQSk2
3Fa5v0oVYh4dsQRrpa/jR48fPBWjUzBRMB0GA1UdDgQWBBT/lSnizs0B2ZY5heAH
+PiNvjhSnTAfBgNVHSMEGDAWgBT/lSnizs0B2ZY5heAH+PiNvjhSnTAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCwHyCn8GDmQbWIiTX179VqgUqV
q+VvVctSRD4poLZ9fwIgdszyoDFvfMeqAaOvRQ/8mMxjLi87FxdMQ3a0jbckWEg=
-----END CERTIFICATE-----
`;

/** The authority of STRANGER. */
export const OTHER_CA = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUOhgMMQ1gamn3R/IhvsoO8JIvetwwCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKdGVzdCBvdGhlcjAgFw0yNjExMjkxOTUwNTZaGA8yMTI2MTEw
NTE5NTA1NlowFTETMBEGA1UEAwwKdGVzdCBvdGhlcjBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABATR8t08EkzMwwtyB4lDzXjZbg7zBjDtcY7X1F7HRiQHaG+HTo74
cLNjabY1gYngRd4OC6oEgmQuiPkb99M3+8KjUzBRMB0GA1UdDgQWBBR9FcVVujmE
56bNbQDf7nMTKYkHDTAfBgNVHSMEGDAWgBR9FcVVujmE56bNbQDf7nMTKYkHDTAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAJmgXBiQcLt2RVw/Uqb
PXGTDUwbvYTybs4VnUhENdoCAiEAj4fLjfhylriCIY9MN2Dw4lRrqF5+KPf3qsvy
W0xTmEI=
-----END CERTIFICATE-----
`;

/** Of a server at localhost and 127.0.0.1. */
export const SERVER: Identity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBpTCCAUqgAwIBAgIUErtIXM49wYgNIw7gcFxrtCy3vYcwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdCBjYTAgFw0yNjExMjkxOTUwNTZaGA8yMTI2MDcyODE5
NTA1NlowETEPMA0GA1UEAwwGc2VydmVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAER3Ec9/jOjp22RhuSBw8hdAJg3LLKiOhFoAL8KfSvq2NFlkCPGtV+4QEzGYdm
k7AXNDy1WtUQAu+BrxhDPW+HFaN9MHswGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/
AAABMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjAdBgNVHQ4EFgQU4EA1
U+T1jb6J/WT4GfVl+8JjZ8AwHwYDVR0jBBgwFoAU/5Up4s7NAdmWOYXgB/j4jb44
Up0wCgYIKoZIzj0EAwIDSQAwRgIhAODDYO9JFjmI1dUxPG78cknaZ3tVYxNjFl7n
fIb9cqjEAiEA6+ugb0xjYFWppheS736nn6t/aRsNFXC5m5DcYGiy5S4=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7/RodvLbCyPGU+PI
C4RMY1tpvrWEmXLdaOdIjlpacfmhRANCAARHcRz3+M6OnbZGG5IHDyF0AmDcssqI
6EWgAvwp9K+rY0WWQI8a1X7hATMZh2aTsBc0PLVa1RAC74GvGEM9b4cV
-----END PRIVATE KEY-----
`,
};

/** Of a server at `elsewhere`. */
export const NAMED: Identity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnTCCAUOgAwIBAgIUErtIXM49wYgNIw7gcFxrtCy3vYgwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdCBjYTAgFw0yNjExMjkxOTUwNTZaGA8yMTI2MDcyODE5
NTA1NlowEDEOMAwGA1UEAwwFbmFtZWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASLD0kfHDMOcemI+WD53ez7lF5/vB3Uk3FSdCqohTEC2WmQCks9AVrKp2Fornhx
dgrQpQ70xcZWn7ckT+ve+0Kmo3cwdTAUBgNVHREEDTALggllbHNld2hlcmUwHQYD
VR0lBBYwFAYIKwYBBQUHAwEGCCsGAQUFBwMCMB0GA1UdDgQWBBSBZf7/FjZ+xZ6M
4W3vL2t/cs+p4jAfBgNVHSMEGDAWgBT/lSnizs0B2ZY5heAH+PiNvjhSnTAKBggq
hkjOPQQDAgNIADBFAiAg3iI9EQpS18SBY3YB+saVdma/EKMch52z6WGMYomqdgIh
ALpG6HhCtat58QWxceqNXwXMjiRUISqYUhBcM/IuAH4N
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfEIYwV7JolfItBC/
f4UMHgqY5ugwtW5CHi3/O0/AdPWhRANCAASLD0kfHDMOcemI+WD53ez7lF5/vB3U
k3FSdCqohTEC2WmQCks9AVrKp2FornhxdgrQpQ70xcZWn7ckT+ve+0Km
-----END PRIVATE KEY-----
`,
};

/** Of a server at localhost and 127.0.0.1, expired in 2020. */
export const EXPIRED: Identity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIBATAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAd0ZXN0IGNh
MB4XDTIwMDEwMTAwMDAwMFoXDTIwMDIwMTAwMDAwMFowEjEQMA4GA1UEAwwHZXhw
aXJlZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMNwmNl+pcZ/mzrNtZYkBGJS
SMEINpPgFMAwQDakLxfTwn5/aGGvEPRPafyiWMRubqsiYSIxRIFzkmmxTHLCx62j
XjBcMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUUByjvwOX
DdtUeTp04TgR29YOfx4wHwYDVR0jBBgwFoAU/5Up4s7NAdmWOYXgB/j4jb44Up0w
CgYIKoZIzj0EAwIDSQAwRgIhAKtmSl4h/XgimuOY5p73/jMR6b1B8hF9Alrf4jvf
bUpQAiEA2oYP63cbS39MRgG5q5tQyrGLzKkUcuRozw1tFftfDEU=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbxeyW8iG1XNlcpop
kFmhBewMvcb64VaT5B9hK9+A/zmhRANCAATDcJjZfqXGf5s6zbWWJARiUkjBCDaT
4BTAMEA2pC8X08J+f2hhrxD0T2n8oljEbm6rImEiMUSBc5JpsUxywset
-----END PRIVATE KEY-----
`,
};

/** Of a client with the common name `alice`. */
export const CLIENT: Identity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBmDCCAT+gAwIBAgIUErtIXM49wYgNIw7gcFxrtCy3vYkwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHdGVzdCBjYTAgFw0yNjExMjkxOTUwNTdaGA8yMTI2MDcyODE5
NTA1N1owEDEOMAwGA1UEAwwFYWxpY2UwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARv8Y3HJiUDHeASZDgLw688sEJ4LS4tKCIXj9ctmfAfyvZN+T4mXN2Dp/2J3Eae
bHH4VWkcQcnvhbbkq/HRHToSo3MwcTAQBgNVHREECTAHggVhbGljZTAdBgNVHSUE
FjAUBggrBgEFBQcDAQYIKwYBBQUHAwIwHQYDVR0OBBYEFPzBmMU/ADiWNEkDpHsW
ifIsu4gzMB8GA1UdIwQYMBaAFP+VKeLOzQHZljmF4Af4+I2+OFKdMAoGCCqGSM49
BAMCA0cAMEQCIHOrhNhtIjJvfEe0QEJJgyQ1WGedzIg8on1ZD3Jj+AxuAiAjQYVw
79tAdmyqcXpB0fmvZ3V9D+DlPdTr3WnsA/xtlg==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi/OOY14W/PBSRxyu
0Fy52thoWo7EQRXgL6LH5ACygy6hRANCAARv8Y3HJiUDHeASZDgLw688sEJ4LS4t
KCIXj9ctmfAfyvZN+T4mXN2Dp/2J3EaebHH4VWkcQcnvhbbkq/HRHToS
-----END PRIVATE KEY-----
`,
};

/** Of a client, from the other authority. */
export const STRANGER: Identity = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBmTCCAT6gAwIBAgIUNJap1mjYpnOWAz4fXVlqkq/oY94wCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKdGVzdCBvdGhlcjAgFw0yNjExMjkxOTUwNTdaGA8yMTI2MDcy
ODE5NTA1N1owDjEMMAoGA1UEAwwDZXZlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEb41n7V2vo7hiBRZ+ULjasSRfWp8iBD9Jc6Z6Z7HlrI8rYkON1aSPVtzUOSAi
HeDE+ADO7QpPlncp4ae3ww+amqNxMG8wDgYDVR0RBAcwBYIDZXZlMB0GA1UdJQQW
MBQGCCsGAQUFBwMBBggrBgEFBQcDAjAdBgNVHQ4EFgQUG/6RDVTnNwzd3Eb118zx
iALo1QswHwYDVR0jBBgwFoAUfRXFVbo5hOemzW0A3+5zEymJBw0wCgYIKoZIzj0E
AwIDSQAwRgIhAMaAN193YBZ0NghDYXcWNGaFMpfrZbBfR16mZF7SxnuQAiEA09i3
n3tNFoEAjEG+6ENBXHJDopqPu0HXpYAkMkGTDKk=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUOkCmfdIe/3JZKJd
iaRUQ2OWxryE0bdgtoPn/vNN8j+hRANCAARvjWftXa+juGIFFn5QuNqxJF9anyIE
P0lzpnpnseWsjytiQ43VpI9W3NQ5ICId4MT4AM7tCk+Wdynhp7fDD5qa
-----END PRIVATE KEY-----
`,
};

/** A certificate and its key, in PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Writes texts to files in a new temporary folder. @returns the folder and the paths */
export function writtenFiles<Name extends string>(
  texts: Readonly<Record<Name, string>>,
): { readonly folder: string; readonly paths: Readonly<Record<Name, string>> } {
  const folder = makeTemporaryFolder('certificates');
  const entries = Object.entries<string>(texts).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return [name, path] as const;
  });
  return { folder, paths: Object.fromEntries(entries) as Record<Name, string> };
}
