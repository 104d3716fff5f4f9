import { defineConfig } from 'vitest/config'
import { ROOM_VARIABLE, roomNamed, TOO_LONG } from './rooms.ts'

const room = roomNamed(process.env[ROOM_VARIABLE])

export default defineConfig({
  test: {
    include: [...room.tests],
    exclude: [...TOO_LONG],
    // A new process per mutant is enough: loading the SDK anew for each test file would take most of the time.
    isolate: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
