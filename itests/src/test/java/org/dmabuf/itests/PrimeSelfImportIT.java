package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.GemIoctl;
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

/**
 * The races of IGT's prime_self_import for as long as they run there, and a GEM device that is
 * replaced while all that it lends is in use.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PrimeSelfImportIT {
  private static final String VGEM = "org.dmabuf.exporter.gem";
  private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long BOUND_SECONDS = 60;
  private static final int THREADS = 4;
  private static final int PAGE = 4096;
  private static final int SHARE = GemIoctl.CLOEXEC | GemIoctl.RDWR;
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
  public void export_vs_gem_close_race() throws Exception {
    int device = open("vgem");
    long end = System.nanoTime() + RACE_NANOS;
    List<FutureTask<Long>> sharing = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      sharing.add(start(() -> shares(device, end)));
    }
    long made = 0;
    while (System.nanoTime() - end < 0) {
      int handle = create(device);
      assertThat(handle).isEqualTo(1);
      GemIoctl.close(files, device, handle);
      made++;
    }
    assertThat(made).isPositive();
    assertThat(sum(sharing)).isPositive();
    files.close(device);
  }

  /** Shares what handle 1 names just now; returns how often it named something. */
  private long shares(int device, long end) {
    long shared = 0;
    while (System.nanoTime() - end < 0) {
      try {
        files.close(GemIoctl.handleToFd(files, device, 1, SHARE));
        shared++;
      } catch (DmaBufException closed) {
        assertThat(closed.errno()).isEqualTo(Errno.ENOENT);
      }
    }
    return shared;
  }

  @Test
  public void reimport_vs_gem_close_race() throws Exception {
    int exporter = open("vgem");
    int self = open("vgem");
    int foreign = open("vkms");
    int fd = GemIoctl.handleToFd(files, exporter, create(exporter), SHARE);
    long end = System.nanoTime() + RACE_NANOS;
    List<FutureTask<Long>> taking = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int device = i % 2 == 0 ? self : foreign;
      taking.add(start(() -> takes(device, fd, end)));
    }
    assertThat(sum(taking)).isPositive();
    assertThat(registry.buffers()).hasSize(1);
    for (int descriptor : new int[] {fd, foreign, self, exporter}) {
      files.close(descriptor);
    }
  }

  /** Imports and closes; returns how often it was the one that closed. */
  private long takes(int device, int fd, long end) {
    long closed = 0;
    while (System.nanoTime() - end < 0) {
      int handle = GemIoctl.fdToHandle(files, device, fd);
      assertThat(handle).as("one handle at a time").isEqualTo(1);
      try {
        GemIoctl.close(files, device, handle);
        closed++;
      } catch (DmaBufException byAnother) {
        assertThat(byAnother.errno()).isEqualTo(Errno.EINVAL);
      }
    }
    return closed;
  }

  @Test
  public void shouldKeepWhatIsSharedAndMappedWhenTheDriverIsReplaced() {
    int device = open("vgem");
    int importer = open("vkms");
    int handle = create(device);
    int fd = GemIoctl.handleToFd(files, device, handle, SHARE);
    int imported = GemIoctl.fdToHandle(files, importer, fd);
    try (CpuMapping own = GemIoctl.mmapDumb(files, device, handle, PAGE);
        CpuMapping shared = files.mmap(fd, PAGE, 0, RW, MmapFlags.MAP_SHARED)) {
      own.store(0, 42);
      swaps.swap(VGEM);
      // Collected now, though the file of the one that is gone is open and mapped.
      swaps.areAllCollected();
      assertErrno(Errno.ENODEV, () -> GemIoctl.close(files, device, handle));
      shared.store(1, 43);
      assertThat(own.load(1)).isEqualTo(43);
      int again = GemIoctl.handleToFd(files, importer, imported, SHARE);
      assertThat(files.isSame(fd, again)).isTrue();
      files.close(again);
      int next = open("vgem");
      int taken = GemIoctl.fdToHandle(files, next, fd);
      assertThat(taken).as("a buffer like any other").isEqualTo(1);
      files.close(next);
    }
    for (int descriptor : new int[] {fd, importer, device}) {
      files.close(descriptor);
    }
  }

  private int open(String node) {
    return Services.get(context, DeviceNode.class, DeviceNode.NAME, node)
        .open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
  }

  private int create(int device) {
    return GemIoctl.createDumb(files, device, PAGE, 1, 8).handle();
  }

  private static void assertErrno(Errno expected, Runnable call) {
    try {
      call.run();
    } catch (DmaBufException refused) {
      assertThat(refused.errno()).isEqualTo(expected);
      return;
    }
    throw new AssertionError("It was not refused with " + expected);
  }

  private static FutureTask<Long> start(Callable<Long> body) {
    FutureTask<Long> task = new FutureTask<>(body);
    Thread.ofPlatform().daemon().name("race").start(task);
    return task;
  }

  private static long sum(List<FutureTask<Long>> tasks) throws Exception {
    long sum = 0;
    for (FutureTask<Long> task : tasks) {
      sum += task.get(BOUND_SECONDS, TimeUnit.SECONDS);
    }
    return sum;
  }
}
