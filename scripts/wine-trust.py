#!/usr/bin/env python3
"""Prints a registry file that makes a Wine prefix trust a certificate: wine-trust.py CERTIFICATE.pem

Wine's own winhttp asks the prefix's store of roots and reads no SSL_CERT_FILE. The store keeps each certificate as a
sequence of properties: number, 1, length, bytes; 3 is the SHA-1 hash, 32 the certificate itself.
"""
import hashlib
import ssl
import struct
import sys

der = ssl.PEM_cert_to_DER_cert(open(sys.argv[1]).read())
sha1 = hashlib.sha1(der)
blob = b"".join(struct.pack("<III", number, 1, len(value)) + value for number, value in [(3, sha1.digest()), (32, der)])
print("REGEDIT4\n")
print(rf"[HKEY_LOCAL_MACHINE\Software\Microsoft\SystemCertificates\Root\Certificates\{sha1.hexdigest().upper()}]")
print('"Blob"=hex:' + ",".join(f"{byte:02x}" for byte in blob))
