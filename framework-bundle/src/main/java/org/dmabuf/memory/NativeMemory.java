package org.dmabuf.memory;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The few calls of the operating system that mapping one memory file at several places needs. Linux
 * gives an anonymous file by {@code memfd_create}; elsewhere a temporary file is unlinked at once.
 *
 * <p>Stateless but for the bound functions; thread-safe.
 */
final class NativeMemory {
  static final int PROT_NONE = 0;
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_FIXED = 0x10;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int F_ADD_SEALS = 1033;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final long MAP_FAILED = -1;

  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final boolean linux = System.getProperty("os.name").startsWith("Linux");
  private final MemoryLayout captureLayout = Linker.Option.captureStateLayout();
  private final VarHandle errno =
      captureLayout.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private final MethodHandle mmap =
      bind("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG)).orElseThrow();
  private final MethodHandle munmap =
      bind("munmap", FunctionDescriptor.of(INT, LONG, LONG)).orElseThrow();
  private final MethodHandle ftruncate =
      bind("ftruncate", FunctionDescriptor.of(INT, INT, LONG)).orElseThrow();
  private final MethodHandle close = bind("close", FunctionDescriptor.of(INT, INT)).orElseThrow();
  private final MethodHandle pageSize =
      bind("getpagesize", FunctionDescriptor.of(INT)).orElseThrow();
  private final Optional<MethodHandle> fallocate =
      bind("fallocate", FunctionDescriptor.of(INT, INT, INT, LONG, LONG));
  private final MethodHandle fcntl =
      bind("fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2))
          .orElseThrow();
  private final Optional<MethodHandle> memfdCreate =
      bind("memfd_create", FunctionDescriptor.of(INT, POINTER, INT));
  private final MethodHandle mkstemp =
      bind("mkstemp", FunctionDescriptor.of(INT, POINTER)).orElseThrow();
  private final MethodHandle unlink =
      bind("unlink", FunctionDescriptor.of(INT, POINTER)).orElseThrow();

  @SuppressWarnings("restricted") // the types are those of the functions, checked by tests
  private static Optional<MethodHandle> bind(
      String name, FunctionDescriptor type, Linker.Option... more) {
    Linker linker = Linker.nativeLinker();
    SymbolLookup libc = linker.defaultLookup();
    List<Linker.Option> options = new ArrayList<>(List.of(more));
    options.add(Linker.Option.captureCallState("errno"));
    return libc.find(name)
        .map(at -> linker.downcallHandle(at, type, options.toArray(Linker.Option[]::new)));
  }

  private interface Call<T> {
    T with(MemorySegment state) throws Throwable;
  }

  /** Makes a memory file of that many bytes, all zero, and returns its descriptor. */
  int memoryFile(String name, long bytes) {
    return memoryFile(name, bytes, MFD_CLOEXEC);
  }

  /** Makes a memory file whose size and content can be sealed, where the system has seals. */
  int sealableFile(String name, long bytes) {
    return memoryFile(name, bytes, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  }

  private int memoryFile(String name, long bytes, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          call(
              "memory file " + name,
              state ->
                  memfdCreate.isPresent()
                      ? (int) memfdCreate.get().invokeExact(state, arena.allocateFrom(name), flags)
                      : temporaryFile(state, arena, name));
      try {
        resize(fd, bytes);
      } catch (DmaBufException failed) {
        closeFile(fd);
        throw failed;
      }
      return fd;
    }
  }

  /** Sets the size of a memory file; what is added is zero. */
  void resize(int fd, long bytes) {
    call(
        "memory file of " + bytes + " bytes",
        state -> (int) ftruncate.invokeExact(state, fd, bytes));
  }

  /** Seals a memory file, where the system has seals. */
  void seal(int fd, int seals) {
    if (linux) {
      call("seal", state -> (int) fcntl.invokeExact(state, fd, F_ADD_SEALS, seals));
    }
  }

  /**
   * Gives pages of a memory file back to the system; they read as zero then, also through mappings.
   *
   * @return false where the system cannot, and nothing was done
   */
  boolean punch(int fd, long offset, long bytes) {
    if (!linux || fallocate.isEmpty()) {
      return false;
    }
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    call(
        "hole of " + bytes + " bytes",
        state -> (int) fallocate.get().invokeExact(state, fd, mode, offset, bytes));
    return true;
  }

  void closeFile(int fd) {
    call("close of a memory file", state -> (int) close.invokeExact(state, fd));
  }

  /** Maps part of a memory file, shared, wherever there is room; returns the address. */
  long map(int fd, long offset, long bytes, int protection) {
    return mmap("map of " + bytes + " bytes", 0, bytes, protection, MAP_SHARED, fd, offset);
  }

  /** Maps part of a memory file over an address range that {@link #reserve} gave. */
  void mapAt(long address, int fd, long offset, long bytes, int protection) {
    mmap(
        "map of " + bytes + " bytes at a reserved address",
        address,
        bytes,
        protection,
        MAP_SHARED | MAP_FIXED,
        fd,
        offset);
  }

  /** Takes an address range without memory. */
  long reserve(long bytes) {
    int anonymous = linux ? 0x20 : 0x1000;
    return mmap(
        "address range of " + bytes + " bytes",
        0,
        bytes,
        PROT_NONE,
        MAP_PRIVATE | anonymous,
        -1,
        0);
  }

  void unmap(long address, long bytes) {
    call("unmap of " + bytes + " bytes", state -> (int) munmap.invokeExact(state, address, bytes));
  }

  /** Zeroes memory that is mapped at an address, writable. */
  @SuppressWarnings("restricted") // the caller has just mapped it
  static void zero(long address, long bytes) {
    MemorySegment.ofAddress(address).reinterpret(bytes).fill((byte) 0);
  }

  /** Returns the size of a page in bytes, a power of two, 4096 or more. */
  int pageSize() {
    return call("page size", state -> (int) pageSize.invokeExact(state));
  }

  private int temporaryFile(MemorySegment state, Arena arena, String name) throws Throwable {
    String template = System.getProperty("java.io.tmpdir") + "/" + name + "-XXXXXX";
    MemorySegment path = arena.allocateFrom(template);
    int fd = (int) mkstemp.invokeExact(state, path);
    if (fd >= 0) {
      int unlinked = (int) unlink.invokeExact(state, path);
      if (unlinked < 0) {
        closeFile(fd);
        return unlinked;
      }
    }
    return fd;
  }

  private long mmap(
      String what, long address, long bytes, int protection, int flags, int fd, long offset) {
    return call(
        what,
        state -> (long) mmap.invokeExact(state, address, bytes, protection, flags, fd, offset));
  }

  private <T extends Number> T call(String what, Call<T> call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captureLayout);
      T result = call.with(state);
      if (result.longValue() == MAP_FAILED) {
        throw new DmaBufException(
            Errno.ENOMEM,
            "The operating system refused a " + what + " with errno " + (int) errno.get(state, 0L));
      }
      return result;
    } catch (DmaBufException | Error refused) {
      throw refused;
    } catch (Throwable impossible) {
      throw new IllegalStateException("A bound native call threw", impossible);
    }
  }
}
