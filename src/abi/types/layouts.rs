//! Size, alignment and offsets of every public struct: `NAME size64/size32 align align64/align32 { field at64/at32 }`.
//!
//! One table for three judges: the compile-time assertions in `types.rs`, `tests/abi_windows_sys.rs` and
//! `tests/abi_mingw.rs`. The numbers are written down, not computed, so that a changed field cannot go unnoticed.

macro_rules! every_layout {
    ($with:ident) => {
        $with! {
            URL_COMPONENTS 104/60 align 8/4 {
                dwStructSize 0/0, lpszScheme 8/4, dwSchemeLength 16/8, nScheme 20/12, lpszHostName 24/16,
                dwHostNameLength 32/20, nPort 36/24, lpszUserName 40/28, dwUserNameLength 48/32,
                lpszPassword 56/36, dwPasswordLength 64/40, lpszUrlPath 72/44, dwUrlPathLength 80/48,
                lpszExtraInfo 88/52, dwExtraInfoLength 96/56,
            }
            WINHTTP_ASYNC_RESULT 16/8 align 8/4 { dwResult 0/0, dwError 8/4, }
            WINHTTP_WEB_SOCKET_ASYNC_RESULT 24/12 align 8/4 { AsyncResult 0/0, Operation 16/8, }
            WINHTTP_WEB_SOCKET_STATUS 8/8 align 4/4 { dwBytesTransferred 0/0, eBufferType 4/4, }
            HTTP_VERSION_INFO 8/8 align 4/4 { dwMajorVersion 0/0, dwMinorVersion 4/4, }
            WINHTTP_CERTIFICATE_INFO 64/40 align 8/4 {
                ftExpiry 0/0, ftStart 8/8, lpszSubjectInfo 16/16, lpszIssuerInfo 24/20, lpszProtocolName 32/24,
                lpszSignatureAlgName 40/28, lpszEncryptionAlgName 48/32, dwKeySize 56/36,
            }
            WINHTTP_CONNECTION_INFO 264/260 align 8/4 { cbSize 0/0, LocalAddress 8/4, RemoteAddress 136/132, }
            WINHTTP_SECURITY_INFO 708/708 align 4/4 { ConnectionInfo 0/0, CipherInfo 28/28, }
            WINHTTP_CREDS 48/24 align 8/4 {
                lpszUserName 0/0, lpszPassword 8/4, lpszRealm 16/8, dwAuthScheme 24/12, lpszHostName 32/16,
                dwPort 40/20,
            }
            WINHTTP_CREDS_EX 56/28 align 8/4 {
                lpszUserName 0/0, lpszPassword 8/4, lpszRealm 16/8, dwAuthScheme 24/12, lpszHostName 32/16,
                dwPort 40/20, lpszUrl 48/24,
            }
            WINHTTP_HEADER_NAME 8/4 align 8/4 { pwszName 0/0, pszName 0/0, }
            WINHTTP_EXTENDED_HEADER 16/8 align 8/4 { Anonymous1 0/0, Anonymous2 8/4, }
            WINHTTP_REQUEST_TIMES 520/516 align 8/4 { cTimes 0/0, rgullTimes 8/4, }
            WINHTTP_REQUEST_STATS 272/272 align 8/4 { ullFlags 0/0, ulIndex 8/8, cStats 12/12, rgullStats 16/16, }
            WINHTTP_FAILED_CONNECTION_RETRIES 8/8 align 4/4 { dwMaxRetries 0/0, dwAllowedRetryConditions 4/4, }
            WINHTTP_HTTP2_RECEIVE_WINDOW 8/8 align 4/4 { ulStreamWindow 0/0, ulStreamWindowUpdateDelta 4/4, }
            WINHTTP_MATCH_CONNECTION_GUID 24/24 align 8/4 { ConnectionGuid 0/0, ullFlags 16/16, }
            WINHTTP_RESOLVER_CACHE_CONFIG 32/32 align 8/4 {
                ulMaxResolverCacheEntries 0/0, ulMaxCacheEntryAge 4/4, ulMinCacheEntryTtl 8/8,
                SecureDnsSetting 12/12, ullConnResolutionWaitTime 16/16, ullFlags 24/24,
            }
            WINHTTP_CONNECTION_GROUP 20/20 align 4/4 { cConnections 0/0, guidGroup 4/4, }
            WINHTTP_HOST_CONNECTION_GROUP 24/12 align 8/4 {
                pwszHost 0/0, cConnectionGroups 8/4, pConnectionGroups 16/8,
            }
            WINHTTP_QUERY_CONNECTION_GROUP_RESULT 16/8 align 8/4 { cHosts 0/0, pHostConnectionGroups 8/4, }
            WINHTTP_PROXY_INFO 24/12 align 8/4 { dwAccessType 0/0, lpszProxy 8/4, lpszProxyBypass 16/8, }
            WINHTTP_CURRENT_USER_IE_PROXY_CONFIG 32/16 align 8/4 {
                fAutoDetect 0/0, lpszAutoConfigUrl 8/4, lpszProxy 16/8, lpszProxyBypass 24/12,
            }
            WINHTTP_AUTOPROXY_OPTIONS 32/24 align 8/4 {
                dwFlags 0/0, dwAutoDetectFlags 4/4, lpszAutoConfigUrl 8/8, lpvReserved 16/12, dwReserved 24/16,
                fAutoLogonIfChallenged 28/20,
            }
            WINHTTP_PROXY_RESULT_ENTRY 32/20 align 8/4 {
                fProxy 0/0, fBypass 4/4, ProxyScheme 8/8, pwszProxy 16/12, ProxyPort 24/16,
            }
            WINHTTP_PROXY_RESULT 16/8 align 8/4 { cEntries 0/0, pEntries 8/4, }
            WINHTTP_PROXY_RESULT_EX 32/16 align 8/4 {
                cEntries 0/0, pEntries 8/4, hProxyDetectionHandle 16/8, dwProxyInterfaceAffinity 24/12,
            }
            WINHTTP_PROXY_NETWORKING_KEY 128/128 align 1/1 { pbBuffer 0/0, }
            WINHTTP_PROXY_SETTINGS 112/68 align 8/4 {
                dwStructSize 0/0, dwFlags 4/4, dwCurrentSettingsVersion 8/8, pwszConnectionName 16/12,
                pwszProxy 24/16, pwszProxyBypass 32/20, pwszAutoconfigUrl 40/24, pwszAutoconfigSecondaryUrl 48/28,
                dwAutoDiscoveryFlags 56/32, pwszLastKnownGoodAutoConfigUrl 64/36,
                dwAutoconfigReloadDelayMins 72/40, ftLastKnownDetectTime 76/44, dwDetectedInterfaceIpCount 84/52,
                pdwDetectedInterfaceIp 88/56, cNetworkKeys 96/60, pNetworkKeys 104/64,
            }
            WINHTTP_PROXY_SETTINGS_PARAM 24/16 align 8/4 {
                ullFlags 0/0, pcwszConnectionName 8/8, pcwszProbeHost 16/12,
            }
            WINHTTP_PROXY_SETTINGS_EX 72/44 align 8/4 {
                ullGenerationId 0/0, ullFlags 8/8, pcwszAutoconfigUrl 16/16, pcwszProxy 24/20,
                pcwszSecureProxy 32/24, cProxyBypasses 40/28, rgpcwszProxyBypasses 48/32, dwInterfaceIndex 56/36,
                pcwszConnectionName 64/40,
            }
            GUID 16/16 align 4/4 { Data1 0/0, Data2 4/4, Data3 6/6, Data4 8/8, }
            FILETIME 8/8 align 4/4 { dwLowDateTime 0/0, dwHighDateTime 4/4, }
            SYSTEMTIME 16/16 align 2/2 {
                wYear 0/0, wMonth 2/2, wDayOfWeek 4/4, wDay 6/6, wHour 8/8, wMinute 10/10, wSecond 12/12,
                wMilliseconds 14/14,
            }
            SOCKADDR_STORAGE 128/128 align 8/8 { ss_family 0/0, __ss_pad1 2/2, __ss_align 8/8, __ss_pad2 16/16, }
            CERT_CONTEXT 40/20 align 8/4 {
                dwCertEncodingType 0/0, pbCertEncoded 8/4, cbCertEncoded 16/8, pCertInfo 24/12, hCertStore 32/16,
            }
            tcp_keepalive 12/12 align 4/4 { onoff 0/0, keepalivetime 4/4, keepaliveinterval 8/8, }
            TCP_INFO_v0 88/88 align 8/8 {
                State 0/0, Mss 4/4, ConnectionTimeMs 8/8, TimestampsEnabled 16/16, RttUs 20/20, MinRttUs 24/24,
                BytesInFlight 28/28, Cwnd 32/32, SndWnd 36/36, RcvWnd 40/40, RcvBuf 44/44, BytesOut 48/48,
                BytesIn 56/56, BytesReordered 64/64, BytesRetrans 68/68, FastRetrans 72/72, DupAcksIn 76/76,
                TimeoutEpisodes 80/80, SynRetrans 84/84,
            }
            TCP_INFO_v1 136/136 align 8/8 {
                State 0/0, Mss 4/4, ConnectionTimeMs 8/8, TimestampsEnabled 16/16, RttUs 20/20, MinRttUs 24/24,
                BytesInFlight 28/28, Cwnd 32/32, SndWnd 36/36, RcvWnd 40/40, RcvBuf 44/44, BytesOut 48/48,
                BytesIn 56/56, BytesReordered 64/64, BytesRetrans 68/68, FastRetrans 72/72, DupAcksIn 76/76,
                TimeoutEpisodes 80/80, SynRetrans 84/84, SndLimTransRwin 88/88,
                SndLimTimeRwin 92/92, SndLimBytesRwin 96/96, SndLimTransCwnd 104/104, SndLimTimeCwnd 108/108,
                SndLimBytesCwnd 112/112, SndLimTransSnd 120/120, SndLimTimeSnd 124/124, SndLimBytesSnd 128/128,
            }
            SecPkgContext_Bindings 16/8 align 8/4 { BindingsLength 0/0, Bindings 8/4, }
            SEC_CHANNEL_BINDINGS 32/32 align 4/4 {
                dwInitiatorAddrType 0/0, cbInitiatorLength 4/4, dwInitiatorOffset 8/8, dwAcceptorAddrType 12/12,
                cbAcceptorLength 16/16, dwAcceptorOffset 20/20, cbApplicationDataLength 24/24,
                dwApplicationDataOffset 28/28,
            }
            SecPkgContext_ConnectionInfo 28/28 align 4/4 {
                dwProtocol 0/0, aiCipher 4/4, dwCipherStrength 8/8, aiHash 12/12, dwHashStrength 16/16,
                aiExch 20/20, dwExchStrength 24/24,
            }
            SecPkgContext_CipherInfo 680/680 align 4/4 {
                dwVersion 0/0, dwProtocol 4/4, dwCipherSuite 8/8, dwBaseCipherSuite 12/12, szCipherSuite 16/16,
                szCipher 144/144, dwCipherLen 272/272, dwCipherBlockLen 276/276, szHash 280/280,
                dwHashLen 408/408, szExchange 412/412, dwMinExchangeLen 540/540, dwMaxExchangeLen 544/544,
                szCertificate 548/548, dwKeyType 676/676,
            }
        }
    };
}
