/** A config and the hosts to ask about; `@DIR@` in it is the folder it stands in. */
export interface Scenario {
  readonly title: string;
  readonly config: string;
  /** More files beside it, by their path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
}

const scenario = (title: string, hosts: string, config: string, files?: Scenario["files"]): Scenario => ({
  title,
  config,
  hosts: hosts.split(" "),
  ...(files ? { files } : {}),
});

/** Configs as people write them, one thing each. */
export const handWritten: readonly Scenario[] = [
  scenario(
    "an empty file",
    "lab LAB bob@lab:2222 127.1 [::1]:99 ::ffff:1.2.3.4",
    `
# nothing
`,
  ),
  scenario(
    "patterns and negation",
    "lab1 lab9 LAB1 lab web1 x",
    `Host lab? !lab9
 User a
Host lab* !lab web?
 Port 7
Host !x *
 ConnectTimeout 5
Host !only
 Compression yes
`,
  ),
  scenario(
    "key=value, quotes, tabs, capitals, comments",
    "lab",
    `HOST=lab
	user = "ada" # her name
  PORT	2200
 IdentityFile "~/a key" # the key
 IdentityFile '~/b key'
 identityfile=~/c\\ key
 HostKeyAlias "a#b"
 BindAddress 10.0.0.1#x
   
#User bob
`,
  ),
  scenario("Windows line ends and no last one", "lab x", "Host lab\r\n User ada\r\n  Port 22\r\nHost *\r\n User bob"),
  scenario(
    "the first value wins",
    "lab",
    `Port 1
Host lab
 Port 2
 User a
 User b
Host *
 User c
 Port 3
`,
  ),
  scenario(
    "values that add up, each once",
    "lab",
    `Host lab
 IdentityFile ~/a
 IdentityFile ~/b
 IdentityFile ~/a
 CertificateFile ~/c
 CertificateFile ~/d
 CertificateFile ~/c
Host *
 IdentityFile ~/e
`,
  ),
  scenario(
    "no identity",
    "lab",
    `IdentityFile none
IdentityAgent none
IdentitiesOnly yes
`,
  ),
  scenario(
    "agents",
    "a b c d",
    `Host a
 IdentityAgent SSH_AUTH_SOCK
Host b
 IdentityAgent $OTHER
Host c
 IdentityAgent ~/%r@%h.sock
Host d
 IdentityAgent \${TENSORLINE_WORD}/s
`,
  ),
  scenario(
    "a variable that is not set",
    "lab",
    `IdentityAgent \${TENSORLINE_NOT_SET}/s
`,
  ),
  scenario(
    "forwarded agents",
    "a b c d",
    `Host a
 ForwardAgent yes
Host b
 ForwardAgent no
Host c
 ForwardAgent ~/s
Host d
 ForwardAgent $OTHER
`,
  ),
  scenario(
    "Match all",
    "lab x",
    `Match all
 User a
Match !all
 Port 9
`,
  ),
  scenario(
    "Match host",
    "lab LAB x web.example",
    `Match host lab,x
 Port 5
Match host LAB
 User a
Match host *.example,!x
 User b
Match !host lab
 Compression yes
`,
  ),
  scenario(
    "Match host after HostName, Match originalhost",
    "lab x",
    `Host lab
 HostName %h.real.example
Match host *.real.example
 User real
Match originalhost lab
 Port 5
Match host lab
 Compression yes
`,
  ),
  scenario(
    "Match user",
    "lab eve@lab",
    `Match user eve
 Port 5
Host lab
 User late
Match user late,root
 Compression yes
Match !user eve
 HashKnownHosts yes
`,
  ),
  scenario(
    "Match localuser",
    "lab",
    `Match localuser root,nobody*
 Port 5
Match !localuser nobody-at-all
 User x
Match localuser nobody-at-all
 Compression yes
`,
  ),
  scenario(
    "several criteria",
    "lab bob@lab bob@x",
    `Match host lab user bob
 Port 5
Match host lab !user bob
 Port 6
Match !host lab user bob
 Port 7
`,
  ),
  scenario(
    "criteria with = and quotes",
    "lab bob@lab",
    `Match host=lab user="bob"
 Port 5
Match "host" lab
 User z
Match host "lab" # it
 Compression yes
`,
  ),
  scenario(
    "Match final",
    "lab x",
    `Match final host *.real
 Port 5
 User late
 IdentityFile ~/final
Host lab
 HostName lab.real
 IdentityFile ~/a
 SendEnv A B
Match !final
 ConnectTimeout 3
Match canonical
 Compression yes
`,
  ),
  scenario(
    "Match final in a block that does not apply",
    "lab",
    `Host other
 Include @DIR@/more
Match canonical
 User again
`,
    {
      more: `Match final
 Port 3
`,
    },
  ),
  scenario(
    "Match exec",
    "lab x",
    `Match exec "test %h = lab"
 Port 5
Match host x exec "exit 1"
 Port 6
Match !exec false
 User a
Match host x !exec "test %n = lab"
 Compression yes
Match exec true host x
 HashKnownHosts yes
`,
  ),
  scenario(
    "tokens of Match exec",
    "lab bob@lab:77",
    `Host lab
 HostName real.example
 HostKeyAlias ali
Match exec "test %h.%n.%p.%r.%k.%u.%% = real.example.lab.77.bob.ali.root.%%"
 Compression yes
Match exec "test -n %C%d%i%L%l"
 User a
`,
  ),
  scenario(
    "an unknown token of Match exec",
    "lab",
    `Match exec "test %z"
 Port 5
`,
  ),
  scenario(
    "a criterion without value",
    "lab",
    `Match host
 Port 5
`,
  ),
  scenario(
    "all beside others",
    "lab",
    `Match host lab all
 Port 5
`,
  ),
  scenario(
    "Include in order",
    "lab x",
    `Include @DIR@/conf.d/*.conf @DIR@/missing
Host *
 User last
 Port 3
`,
    {
      "conf.d/2.conf": `Host lab
 Port 2
 User two
`,
      "conf.d/1.conf": `Host lab
 Port 1
`,
      "conf.d/.hidden.conf": `User hidden
`,
      "conf.d/note.txt": `User text
`,
    },
  ),
  scenario(
    "Include inside a block",
    "lab x",
    `Host lab
 Include @DIR@/more
 Compression yes
Host *
 User last
`,
    {
      more: `Port 4
Host other
 User never
Host *
 ConnectTimeout 4
`,
    },
  ),
  scenario(
    "Include inside a Match",
    "lab x",
    `Match host lab
 Include @DIR@/more
 Compression yes
`,
    {
      more: `Host x lab
 Port 4
Match all
 User m
`,
    },
  ),
  scenario(
    "Include within Include",
    "lab x",
    `Include @DIR@/a
User z
`,
    {
      a: `Host lab
 Include @DIR@/[b-c]
Host *
 Port 9
`,
      b: `Host *
 ConnectTimeout 9
 Include @DIR@/d?
`,
      c: `User c
`,
      d1: `Host lab
 Compression yes
`,
    },
  ),
  scenario(
    "a file that includes itself",
    "lab",
    `Include @DIR@/config
`,
  ),
  scenario(
    "HostName tokens",
    "lab x",
    `Host lab
 HostName %h.EXAMPLE.org
Host x
 HostName 10.0.0.%%
`,
  ),
  scenario(
    "addresses",
    "a b c",
    `Host a
 HostName 127.1
Host b
 HostName 2001:DB8:0::1
Host c
 HostName ::ffff:10.0.0.1
`,
  ),
  scenario(
    "jumps",
    "a b c d e f",
    `Host a
 ProxyJump one,bob@two:2222,three
Host b
 ProxyJump ssh://bob@10.0.0.1:99
Host c
 ProxyJump [::1]:5 # six
Host d
 ProxyJump none
Host e
 ProxyJump bob@10.0.0.1
Host *
 ProxyCommand late
`,
  ),
  scenario(
    "a proxy command before a jump",
    "a b c",
    `Host a
 ProxyCommand nc "%h" %p # all of it
Host b
 ProxyCommand none
Host c
 ProxyCommand=ssh -W %h:%p one
Host *
 ProxyJump late
`,
  ),
  scenario(
    "a jump through itself",
    "bastion lab root@bastion",
    `Host *
 ProxyJump bastion
`,
  ),
  scenario(
    "files of known hosts",
    "a b c d",
    `Host a
 UserKnownHostsFile ~/one "~/t w o" %d/%h-%k
 GlobalKnownHostsFile /etc/x /etc/y
Host b
 UserKnownHostsFile none
 GlobalKnownHostsFile none
Host c
 UserKnownHostsFile /dev/null
 KnownHostsCommand /bin/kh %H
 RevokedHostKeys ~/rev
Host d
 KnownHostsCommand none
 RevokedHostKeys none
 PKCS11Provider none
`,
  ),
  scenario(
    "none beside a file",
    "lab",
    `UserKnownHostsFile none /x
`,
  ),
  ...["yes", "no", "ask", "off", "accept-new", "TRUE", "False"].map((word) =>
    scenario(`StrictHostKeyChecking ${word}`, "lab", `StrictHostKeyChecking ${word}\n`),
  ),
  scenario(
    "a value that there is not",
    "lab x",
    `Host x
 StrictHostKeyChecking perhaps
`,
  ),
  scenario(
    "a key without value",
    "lab",
    `Host x
 User
`,
  ),
  scenario(
    "a quotation without end",
    "lab",
    `Host x
 User "ada
`,
  ),
  scenario(
    "too many words",
    "lab",
    `Port 22 23
`,
  ),
  scenario(
    "a port that is none",
    "lab",
    `Port 70000
`,
  ),
  scenario(
    "ways to log in",
    "lab",
    `PreferredAuthentications password,publickey
PasswordAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication unbound
GSSAPIAuthentication yes
GSSAPIDelegateCredentials yes
NumberOfPasswordPrompts 1
`,
  ),
  scenario(
    "older names",
    "lab",
    `ChallengeResponseAuthentication no
PubkeyAcceptedKeyTypes +ssh-rsa
HostbasedKeyTypes ssh-rsa
KeepAlive no
`,
  ),
  scenario(
    "times",
    "a b c d",
    `Host a
 ServerAliveInterval 1m30s
 ServerAliveCountMax 7
 ConnectTimeout 2h
Host b
 ConnectTimeout none
 ServerAliveInterval 0
Host c
 ServerAliveInterval none
 ConnectTimeout 1w1D
Host d
 ConnectTimeout 1x
`,
  ),
  scenario(
    "forwards",
    "lab",
    `LocalForward 8080 localhost:80
LocalForward [::1]:8081 [fe80::1]:81
LocalForward *:8082 h:82
LocalForward localhost:8083 /run/x.sock
LocalForward /tmp/l.sock h:84
LocalForward 8080 localhost:80
RemoteForward 9000
RemoteForward 0 h:1
RemoteForward [::]:9001 h:2
RemoteForward 9002 /run/y.sock
DynamicForward 1080
DynamicForward [127.0.0.1]:1081
DynamicForward localhost:1082
LocalForward 8085 \${TENSORLINE_WORD}:85
GatewayPorts yes
`,
  ),
  scenario(
    "a forward to nowhere",
    "lab",
    `LocalForward 8080
`,
  ),
  scenario(
    "a forward from port 0",
    "lab",
    `LocalForward 0 h:1
`,
  ),
  scenario(
    "all forwards cleared",
    "lab",
    `ClearAllForwardings yes
LocalForward 8080 h:80
RemoteForward 9000 h:80
DynamicForward 1080
`,
  ),
  scenario(
    "the environment",
    "a b",
    `Host a
 SetEnv A=1 "B=two words" A=3 C=
 SetEnv D=4
 SendEnv LANG LC_* LANG
 SendEnv -LC_*
 SendEnv X
Host *
 SetEnv E=5
 SendEnv Y -X
`,
  ),
  scenario(
    "an environment name that is none",
    "lab",
    `SendEnv A=1
`,
  ),
  scenario(
    "commands",
    "a b c",
    `Host a
 RemoteCommand echo "%h" '%n' %% # no comment
 RequestTTY force
Host b
 RemoteCommand none
 RequestTTY yes
 LocalCommand say %h # x
 PermitLocalCommand yes
Host c
 RequestTTY no
 SessionType none
`,
  ),
  scenario(
    "algorithms of their own",
    "lab",
    `Ciphers aes128-ctr,aes256-ctr,aes128-ctr
MACs hmac-sha2-256
KexAlgorithms curve25519-sha256
HostKeyAlgorithms ssh-ed25519,rsa-sha2-512
CASignatureAlgorithms ssh-ed25519
`,
  ),
  scenario(
    "algorithms added",
    "lab",
    `Ciphers +3des-cbc,aes128-ctr
MACs +hmac-md5,hmac-md5
KexAlgorithms +diffie-hellman-group1-sha1
HostKeyAlgorithms +ssh-rsa,ssh-dss*
PubkeyAcceptedAlgorithms +ssh-*
HostbasedAcceptedAlgorithms +ssh-rsa
CASignatureAlgorithms +ssh-rsa
`,
  ),
  scenario(
    "algorithms taken away",
    "lab",
    `Ciphers -aes*,nothing
MACs -hmac-sha1*
KexAlgorithms -*
HostKeyAlgorithms -*cert*
PubkeyAcceptedAlgorithms -sk-*,!sk-ssh-*
`,
  ),
  scenario(
    "algorithms put first",
    "lab",
    `Ciphers ^aes256-ctr,3des-cbc
MACs ^hmac-sha2-512
KexAlgorithms ^ecdh-sha2-nistp256
HostKeyAlgorithms ^rsa-sha2-512,ssh-rsa
`,
  ),
  scenario(
    "other options",
    "lab",
    `AddressFamily inet
BatchMode yes
ServerAliveInterval 3
BindAddress 10.0.0.1
BindInterface lo
CheckHostIP yes
Compression yes
ConnectionAttempts 3
ControlMaster auto
ControlPath ~/cm-%C-%r@%h:%p
ExitOnForwardFailure yes
ForwardX11 yes
HostbasedAuthentication yes
NoHostAuthenticationForLocalhost yes
ProxyUseFdpass yes
RequiredRSASize 2048
StdinNull yes
TCPKeepAlive no
VerifyHostKeyDNS ask
VisualHostKey yes
StreamLocalBindUnlink yes
ForkAfterAuthentication yes
RemoteCommand x
PKCS11Provider /lib/p.so
SecurityKeyProvider /lib/s.so
`,
  ),
  scenario(
    "what only another ssh knows",
    "lab",
    `IgnoreUnknown Use*,Other
UseKeychain yes
Other thing and more
Port 5
`,
  ),
  scenario(
    "canonical names that are not found",
    "lab a.b.c LAB",
    `CanonicalizeHostname yes
CanonicalDomains nowhere.invalid
CanonicalizeMaxDots 1
Match canonical
 User again
Match canonical host lab
 Port 5
`,
  ),
  scenario(
    "canonical names behind a proxy",
    "lab",
    `CanonicalizeHostname yes
CanonicalDomains nowhere.invalid
ProxyCommand x
CanonicalizeFallbackLocal no
Match final
 User f
`,
  ),
];
