package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import javax.inject.Inject;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.heap.Heaps;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.memory.MemoryFile;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/** Every exporter is replaced while a program has one of its buffers mapped, and goes on. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ExportersIT {
  private static final long SIZE = 64 * 1024;
  private static final int SAMPLE = 42;
  private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private DmaBufRegistry registry;
  private FileTable files;
  private Swaps swaps;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    registry = Services.get(context, DmaBufRegistry.class);
    files = registry.files();
    swaps = new Swaps(context);
    leaks = new LeakCheck(registry);
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
    swaps.areAllCollected();
  }

  @Test
  public void shouldKeepABufferOfTheSystemHeap() {
    keepsABufferOf("system");
  }

  @Test
  public void shouldKeepABufferOfTheReservedHeap() {
    keepsABufferOf("reserved");
  }

  @Test
  public void shouldKeepABufferOfAMemoryFile() {
    int memfd = registry.memfd(files, "frames", SIZE, MemoryFile.F_SEAL_SHRINK, true);
    int fd = Services.get(context, UdmabufDevice.class).create(files, memfd, 0, SIZE, 1);
    keeps(fd, "org.dmabuf.exporter.udmabuf");
    int next = Services.get(context, UdmabufDevice.class).create(files, memfd, 0, SIZE, 1);
    files.close(next);
    files.close(memfd);
  }

  private void keepsABufferOf(String heap) {
    keeps(allocate(heap), Role.EXPORTER.bundle());
    Heaps heaps = Services.get(context, Heaps.class);
    Until.holds(() -> heaps.names().contains(heap), () -> "a successor of " + heap);
    files.close(allocate(heap));
  }

  private int allocate(String heap) {
    int flags = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
    return Services.get(context, Heaps.class).allocate(files, heap, SIZE, flags, 0);
  }

  private void keeps(int fd, String bundle) {
    try (CpuMapping before = files.mmap(fd, SIZE, 0, RW, MmapFlags.MAP_SHARED)) {
      before.store(SIZE - 1, SAMPLE);
      swaps.swap(bundle);
      assertThat(before.load(SIZE - 1)).isEqualTo(SAMPLE);
      try (CpuMapping after = files.mmap(fd, SIZE, 0, RW, MmapFlags.MAP_SHARED)) {
        assertThat(after.load(SIZE - 1)).as("through a new mapping").isEqualTo(SAMPLE);
      }
    }
    files.close(fd);
  }
}
