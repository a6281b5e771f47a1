package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the operating system has no room for is ENOMEM and leaves neither charge nor file. */
@EnabledOnOs(OS.LINUX)
class SystemRefusesTest {
  /** No address space has so many bytes, but a file may. */
  private static final long TOO_MUCH = 1L << 60;

  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryAccount account = new MemoryAccount("camera");
  private final int page = pool.pageSize();

  @AfterEach
  void nothingIsCharged() {
    assertThat(account.used()).isZero();
    pool.close();
  }

  @Test
  void regionThatCannotBeMappedGivesNothing() throws IOException {
    ReservedRegion region = new ReservedRegion(pool, "endless-region", TOO_MUCH);
    assertErrno(Errno.ENOMEM, () -> region.allocate(page, account, closed -> {}));
    assertThat(region.books().whole().used()).isZero();
    assertThat(ProcessFiles.open("endless-region")).isZero();
    assertThat(region.destroy()).isTrue();
  }

  @Test
  void fileThatCannotBeMappedWholeIsMappedInParts() throws IOException {
    MemoryFile file = new MemoryFiles(pool).create("endless-file", TOO_MUCH, account);
    try (Arena arena = Arena.ofConfined()) {
      assertErrno(Errno.ENOMEM, () -> file.map(arena, 0, TOO_MUCH, false));
      assertThat(file.map(arena, TOO_MUCH - page, page, false).byteSize()).isEqualTo(page);
      file.close();
      assertThat(ProcessFiles.open("endless-file")).as("while it is mapped").isEqualTo(1);
    }
    assertThat(ProcessFiles.open("endless-file")).isZero();
  }

  @Test
  void fileThatTheSystemDoesNotMakeIsNamed() {
    String name = "n".repeat(300);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> new MemoryFile(name, pool.os(), page, page, account))
        .withMessageContaining(name);
  }

  @Test
  void destroyedRegionKeepsNoFile() throws IOException {
    ReservedRegion region = new ReservedRegion(pool, "short-lived", 4L * page);
    region.allocate(page, account, closed -> {}).close();
    assertThat(ProcessFiles.open("short-lived")).isEqualTo(1);
    assertThat(region.destroy()).isTrue();
    assertThat(ProcessFiles.open("short-lived")).isZero();
    assertThat(ProcessFiles.mapped("short-lived")).isZero();
    assertThat(region.name()).isEqualTo("short-lived");
    assertThat(region.reopen()).isFalse();
    assertErrno(Errno.ENODEV, () -> region.allocate(page, account, closed -> {}));
  }

  /** The pages of a region without a driver are the system's, until one registers it again. */
  @Test
  void regionWithoutDriverAndBuffersHasNoPages() throws IOException {
    ReservedRegion region = new ReservedRegion(pool, "large-region", 32L << 20);
    BackingStore first = region.allocate(16L << 20, account, closed -> {});
    BackingStore second = region.allocate(16L << 20, account, closed -> {});
    first.close();
    long full = shared();
    region.close();
    assertThat(full - shared()).as("while a buffer lives").isLessThan(8L << 20);
    second.close();
    assertThat(full - shared()).isGreaterThan(24L << 20);
    assertThat(region.destroy()).isTrue();
  }

  private static long shared() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssShmem:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new AssertionError("/proc/self/status has no RssShmem");
  }
}
