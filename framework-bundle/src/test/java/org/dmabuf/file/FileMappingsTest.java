package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.Row;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mappings as the table keeps and checks them, whatever file is below. */
class FileMappingsTest {
  private static final int R = MmapFlags.PROT_READ;
  private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  private final FileTable table =
      new FileTable("program", new MemoryAccount("program"), 8, 4096, new ManualClock());
  private final List<String> unmapped = new ArrayList<>();

  /** Gives memory of its own, and does something meanwhile. */
  private class Mappable extends OpenFile {
    Mappable(int flags) {
      super(flags);
    }

    void meanwhile() {}

    @Override
    public String describe() {
      return "mappable file";
    }

    @Override
    protected CpuMapping mmap(
        FileTable caller, long offset, long length, int protection, int flags) {
      meanwhile();
      Arena arena = Arena.ofShared();
      return CpuMapping.of(
          "page", arena, arena.allocate(length), length, protection, () -> unmapped.add("page"));
    }

    @Override
    protected void released() {}
  }

  @ParameterizedTest
  @CsvSource({
    "2,3,0x0,EINVAL",
    "2,3,0x1,",
    "2,3,0x2,",
    "2,3,0x3,",
    "2,3,0x4,EINVAL",
    "2,3,0xf,EINVAL",
    "2,3,0x2003,",
    "2,3,0x8001,",
    "2,3,0x80001,",
    "2,3,0x80003,EOPNOTSUPP",
    "0,1,0x1,",
    "0,3,0x1,EACCES",
    "0,2,0x3,EACCES",
    "0,3,0x2,",
    "1,2,0x1,EACCES",
    "1,0,0x2,EACCES",
    "3,1,0x1,EACCES"
  })
  @Row({"A/3", "A/4"})
  void kindOfMappingMustBeKnownAndAllowedByTheAccessMode(
      int access, int protection, String flags, Errno error) {
    Mappable file = new Mappable(access);
    int fd = table.install(file, false);
    int decoded = Integer.decode(flags);
    if (error == null) {
      assertThat(table.mmap(fd, 100, 0, protection, decoded).length()).isEqualTo(4096);
    } else {
      assertErrno(error, () -> table.mmap(fd, 100, 0, protection, decoded));
    }
    assertThat(file.references()).isEqualTo(1);
  }

  @Test
  void refusalNamesTheFlagsOrTheAccessModeInTheWay() {
    int fd = table.install(new Mappable(OpenFlags.O_WRONLY | OpenFlags.O_APPEND), false);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.mmap(fd, 1, 0, R, MmapFlags.MAP_SYNC | 3))
        .withMessageContaining("mappable file")
        .withMessageContaining("0x80000");
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> table.mmap(fd, 1, 0, RW, MmapFlags.MAP_SHARED))
        .withMessageContaining("protection 3")
        .withMessageContaining("access mode 1 ");
  }

  @Test
  @Row("F3")
  void execUnmapsEverythingAndKeepsTheFile() {
    int fd = table.install(new Mappable(OpenFlags.O_RDWR), false);
    table.mmap(fd, 1, 0, R, MmapFlags.MAP_SHARED);
    table.mmap(fd, 1, 0, R, MmapFlags.MAP_SHARED).close();
    assertThat(unmapped).hasSize(1);
    table.exec();
    assertThat(unmapped).hasSize(2);
    table.get(fd).put();
    table.close();
    assertThat(unmapped).as("once each").hasSize(2);
  }

  @Test
  void mappingMadeWhileTheTableClosesIsUnmappedAndEbadf() {
    Mappable file =
        new Mappable(OpenFlags.O_RDWR) {
          @Override
          void meanwhile() {
            table.close();
          }
        };
    int fd = table.install(file, false);
    assertErrno(Errno.EBADF, () -> table.mmap(fd, 1, 0, R, MmapFlags.MAP_SHARED));
    assertThat(unmapped).hasSize(1);
    assertThat(file.references()).isZero();
  }
}
