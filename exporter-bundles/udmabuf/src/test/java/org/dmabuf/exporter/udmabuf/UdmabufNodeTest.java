package org.dmabuf.exporter.udmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.heap.udmabuf.UdmabufIoctl;
import org.dmabuf.heap.udmabuf.UdmabufNode;
import org.dmabuf.memory.MemoryFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The device as a program uses it: by a descriptor and two ioctls. */
class UdmabufNodeTest {
  private static final int ITEMS = 4;

  private final DmaBufCore core = DmaBufCore.create(1L << 20, Duration.ofSeconds(1));
  private final DmaBufRegistry driver = core.open("udmabuf");
  private final DmaBufRegistry user = core.open("user");
  private final FileTable files = user.files();
  private final Udmabuf udmabuf = new Udmabuf(driver, new Config());
  private final UdmabufNode node = new UdmabufNode();
  private final Arena arena = Arena.ofConfined();
  private final int page = user.pageSize();
  private int fd;
  private int memfd;

  private record Config() implements UdmabufConfig {
    @Override
    public int list_limit() {
      return ITEMS;
    }

    @Override
    public long size_limit_mb() {
      return 64;
    }

    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<UdmabufConfig> annotationType() {
      return UdmabufConfig.class;
    }
  }

  @BeforeEach
  void open() {
    node.bindDriver(udmabuf);
    fd = node.open(files, OpenFlags.O_RDWR);
    memfd = user.memfd(files, "pages", 2L * page, MemoryFile.F_SEAL_SHRINK, false);
  }

  @AfterEach
  void nothingIsLeft() {
    files.close();
    assertThat(files.account().used()).isZero();
    arena.close();
    core.close();
  }

  private MemorySegment create(int flags, long offset, long size) {
    MemorySegment data = arena.allocate(UdmabufIoctl.BYTES, 8);
    fill(data, 0, offset, size);
    data.set(ValueLayout.JAVA_INT, UdmabufIoctl.FLAGS, flags);
    return data;
  }

  private void fill(MemorySegment data, long at, long offset, long size) {
    data.set(ValueLayout.JAVA_INT, at + UdmabufIoctl.MEMFD, memfd);
    data.set(ValueLayout.JAVA_LONG, at + UdmabufIoctl.OFFSET, offset);
    data.set(ValueLayout.JAVA_LONG, at + UdmabufIoctl.SIZE, size);
  }

  private MemorySegment list(int count, int there) {
    MemorySegment data =
        arena.allocate(UdmabufIoctl.HEAD_BYTES + (long) there * UdmabufIoctl.BYTES, 8);
    data.set(ValueLayout.JAVA_INT, UdmabufIoctl.COUNT, count);
    for (int i = 0; i < there; i++) {
      fill(data, UdmabufIoctl.HEAD_BYTES + (long) i * UdmabufIoctl.BYTES, page, page);
    }
    return data;
  }

  private void assertErrno(Errno errno, ThrowingCallable call) {
    int before = files.size();
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.errno()).as(e.getMessage()).isEqualTo(errno));
    assertThat(files.size()).as("descriptors").isEqualTo(before);
  }

  @Test
  @Row("N11")
  void createsABufferWhoseDescriptorIsTheAnswer() {
    int buffer = files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, create(1, page, page));
    assertThat(files.isCloseOnExec(buffer)).isTrue();
    try (DmaBuf held = user.get(buffer)) {
      assertThat(held.size()).isEqualTo(page);
    }
    int open = files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, create(0, 0, 2L * page));
    assertThat(files.isCloseOnExec(open)).isFalse();
    assertErrno(
        Errno.EINVAL, () -> files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, create(0, 1, page)));
  }

  @Test
  @Row("N11")
  void createsABufferOfAList() {
    int buffer = files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE_LIST, list(ITEMS, ITEMS));
    try (DmaBuf held = user.get(buffer)) {
      assertThat(held.size()).isEqualTo((long) ITEMS * page);
    }
  }

  @Test
  void limitOfAListComesBeforeItsItemsAreRead() {
    int request = UdmabufIoctl.UDMABUF_CREATE_LIST;
    assertErrno(Errno.EINVAL, () -> files.ioctl(fd, request, list(ITEMS + 1, 0)));
    assertErrno(Errno.EINVAL, () -> files.ioctl(fd, request, list(-1, 0)));
    assertErrno(Errno.EINVAL, () -> files.ioctl(fd, request, list(0, 0)));
    assertErrno(Errno.EFAULT, () -> files.ioctl(fd, request, list(ITEMS, ITEMS - 1)));
  }

  @Test
  void otherRequestsAreEnottyAndMissingMemoryIsEfault() {
    int shorter = Ioctl.write('u', 0x42, 16);
    assertErrno(Errno.ENOTTY, () -> files.ioctl(fd, shorter, create(0, 0, page)));
    assertErrno(
        Errno.EFAULT, () -> files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, MemorySegment.NULL));
  }

  @Test
  void openDeviceOutlivesItsDriverAndUsesTheSuccessor() {
    Udmabuf successor = new Udmabuf(driver, new Config());
    node.unbindDriver(udmabuf);
    assertErrno(
        Errno.ENODEV, () -> files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, create(0, 0, page)));
    assertErrno(Errno.ENODEV, () -> node.open(files, OpenFlags.O_RDWR));
    node.bindDriver(successor);
    node.unbindDriver(udmabuf);
    assertThat(files.ioctl(fd, UdmabufIoctl.UDMABUF_CREATE, create(0, 0, page))).isPositive();
  }
}
