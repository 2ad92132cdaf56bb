import type { Command } from 'commander';
import type { Cli } from './cli';
import { connectServer, type Server } from './server';

/** Connects to the Temporal server, runs, and closes the connection. @throws CliError when it can't be reached */
export async function withServer<T>(cli: Cli, command: Command, run: (server: Server) => Promise<T>): Promise<T> {
  const server = await connectServer(cli.globals(command), cli.io.env);
  try {
    return await run(server);
  } finally {
    await server.close();
  }
}
