// @hocuspocus/server with its defaults: nothing is stored, nobody is asked who they are.
import { Server } from "@hocuspocus/server";

const server = new Server({ port: Number(process.env.PORT), address: "127.0.0.1", quiet: true });
await server.listen();
