// An identity provider that is not ours: npm's oidc-provider, certified by the OpenID Foundation.
import { Server } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './portal';

export const client = { id: 'hangar', secret: 'a-secret-for-the-browser-tests' };

export class CertifiedProvider {
  private constructor(
    /** What the portal is configured with. */
    readonly issuer: string,
    private readonly provider: Provider,
    private server: Server,
  ) {}

  /** Starts a provider for a portal that calls it `slug`. Whoever types a name is that person. */
  static async start(portal: string, slug: string): Promise<CertifiedProvider> {
    const port = await freePort();
    const issuer = `http://127.0.0.1:${port}`;
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: client.id,
          client_secret: client.secret,
          redirect_uris: [`${portal}/sign-in/${slug}/callback`],
          post_logout_redirect_uris: [portal, `${portal}/`, `${portal}/sign-in`],
        },
      ],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
      scopes: ['openid', 'email', 'profile', 'groups'],
      // People are told who they are by the ID token, as most providers do.
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
      findAccount: (_context, id) => ({
        accountId: id,
        claims: () => ({
          sub: id,
          name: id,
          email: `${id}@certified.example`,
          email_verified: true,
          groups: ['vision-developers'],
        }),
      }),
    });
    return new CertifiedProvider(issuer, provider, await listen(provider, port));
  }

  /** The provider is gone, as far as anybody can tell. */
  async goDown(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** And back, at the same address. */
  async comeBack(): Promise<void> {
    this.server = await listen(this.provider, Number(new URL(this.issuer).port));
  }

  async stop(): Promise<void> {
    if (this.server.listening) await this.goDown();
  }
}

function listen(provider: Provider, port: number): Promise<Server> {
  return new Promise((done) => {
    const server = provider.listen(port, '127.0.0.1', () => done(server));
  });
}
