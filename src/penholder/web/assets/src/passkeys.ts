// Passkeys: the browser asks the device, and a hidden field carries its answer to the server. Forms that need this are
// hidden until it is sure that the browser can; beside each stands another way.

type Asked = { publicKey?: Record<string, unknown> } & Record<string, unknown>;

export function offerPasskeys(page: Document): void {
  if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) return;
  for (const form of page.querySelectorAll<HTMLFormElement>("form[data-passkey]")) {
    form.hidden = false;
    page.querySelectorAll<HTMLElement>(".pd-unscripted").forEach((words) => (words.hidden = true));
    form.addEventListener("submit", (event) => {
      const field = form.querySelector<HTMLInputElement>('input[name="credential"]');
      if (!field) return;
      event.preventDefault(); // form.submit() below does not come here again
      ask(form).then(
        (credential) => {
          field.value = JSON.stringify(credential);
          form.submit();
        },
        () => say(form),
      );
    });
  }
}

function say(form: HTMLFormElement): void {
  const words = form.querySelector<HTMLElement>('[role="alert"]');
  if (!words) return;
  words.hidden = false;
  words.textContent = form.dataset["failed"] ?? "";
}

async function ask(form: HTMLFormElement): Promise<unknown> {
  const kind = form.dataset["passkey"];
  if (kind === "add") {
    const options = read(form)["creation_options"] as Asked;
    const made = (await navigator.credentials.create({ publicKey: forMaking(options.publicKey ?? options) })) as PublicKeyCredential;
    return told(made);
  }
  const found = kind === "sign-in" ? await fetched(form.action) : read(form);
  const options = found["request_options"] as Asked;
  const used = (await navigator.credentials.get({ publicKey: forUsing(options.publicKey ?? options) })) as PublicKeyCredential;
  return told(used);
}

function read(form: HTMLFormElement): Record<string, unknown> {
  return JSON.parse(form.querySelector('script[type="application/json"]')?.textContent ?? "{}");
}

async function fetched(address: string): Promise<Record<string, unknown>> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function forMaking(options: Record<string, unknown>): PublicKeyCredentialCreationOptions {
  const user = options["user"] as Record<string, unknown>;
  const selection = options["authenticatorSelection"] as AuthenticatorSelectionCriteria | undefined;
  return {
    ...options,
    challenge: bytes(options["challenge"]),
    user: { ...user, id: bytes(user["id"]) },
    excludeCredentials: listed(options["excludeCredentials"]),
    // Every passkey here signs in by itself, so it is kept on the device and unlocked there.
    authenticatorSelection: { ...selection, residentKey: "required", requireResidentKey: true, userVerification: "required" },
  } as unknown as PublicKeyCredentialCreationOptions;
}

function forUsing(options: Record<string, unknown>): PublicKeyCredentialRequestOptions {
  return {
    ...options,
    challenge: bytes(options["challenge"]),
    allowCredentials: listed(options["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
}

function listed(credentials: unknown): PublicKeyCredentialDescriptor[] {
  const known = (credentials ?? []) as Record<string, unknown>[];
  return known.map((one) => ({ ...one, id: bytes(one["id"]) }) as unknown as PublicKeyCredentialDescriptor);
}

function told(credential: PublicKeyCredential): Record<string, unknown> {
  const response: Record<string, unknown> = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    const value = (credential.response as unknown as Record<string, ArrayBuffer | null | undefined>)[name];
    if (value) response[name] = text(value);
  }
  const attested = credential.response as AuthenticatorAttestationResponse;
  if (attested.getTransports) response["transports"] = attested.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

// Base64 as URLs write it, which is how both sides speak of bytes.
function bytes(words: unknown): Uint8Array<ArrayBuffer> {
  const plain = atob(String(words).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
