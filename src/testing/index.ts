export * from './local-queue/index.ts'
