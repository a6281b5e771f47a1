package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import javax.inject.Inject;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2ControlIoctl;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.node.VideoPixels;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;
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
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * What programs have set of a device, and how far it has come, survives an update of its driver.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HandoverIT {
  private static final String CAMERA = "vivid-cap";
  private static final String FILTER = "(" + DeviceNode.NAME + "=" + CAMERA + ")";
  private static final int UPDATES = 5;
  private static final QueueType TYPE = QueueType.CAPTURE;

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private FileTable files;
  private Swaps swaps;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    DmaBufRegistry registry = Services.get(context, DmaBufRegistry.class);
    files = registry.files();
    swaps = new Swaps(context);
    Services.get(context, DeviceNode.class, DeviceNode.NAME, CAMERA);
    leaks = new LeakCheck(registry);
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
  }

  @Test
  public void shouldGoOnWithControlsAndSequenceAfterAnUpdate() {
    int old = open();
    V4l2FormatIoctl.set(files, old, TYPE.number(), 128, 96, VideoPixels.GREY.fourcc());
    V4l2ControlIoctl.set(files, old, ControlId.BRIGHTNESS, 33);
    V4l2ControlIoctl.set(files, old, ControlId.VFLIP, 1);
    stream(old);
    for (long sequence = 0; sequence < 5; sequence++) {
      assertThat(capture(old)).isEqualTo(sequence);
    }

    updateCamera();

    int fresh = open();
    V4l2Format format = V4l2FormatIoctl.get(files, fresh, TYPE.number());
    assertThat(format.fourcc()).as("pixel format").isEqualTo(VideoPixels.GREY.fourcc());
    assertThat(format.width()).as("width").isEqualTo(128);
    assertThat(V4l2ControlIoctl.get(files, fresh, ControlId.BRIGHTNESS)).isEqualTo(33);
    assertThat(V4l2ControlIoctl.get(files, fresh, ControlId.VFLIP)).isEqualTo(1);
    stream(fresh);
    for (long sequence = 5; sequence < 8; sequence++) {
      assertThat(capture(fresh)).as("no number twice, none left out").isEqualTo(sequence);
    }
    files.close(old);
    files.close(fresh);
  }

  /** Two frames are on their way whenever the driver goes. */
  @Test
  public void shouldNumberEachFrameOnceUnderUpdateAfterUpdate() throws Exception {
    int first = open();
    V4l2FormatIoctl.set(files, first, TYPE.number(), 128, 96, VideoPixels.GREY.fourcc());
    files.close(first);
    Camera camera = new Camera();
    FutureTask<Void> running = new FutureTask<>(camera);
    Thread.ofPlatform().name("camera").start(running);
    for (int i = 0; i < UPDATES; i++) {
      camera.awaitFrames(running);
      updateCamera();
    }
    camera.awaitFrames(running);
    camera.enough = true;
    running.get();
    List<Long> each = LongStream.range(0, camera.numbers.size()).boxed().toList();
    assertThat(camera.numbers).isEqualTo(each);
  }

  /** A program that captures, and opens the device anew whenever its driver has gone. */
  private final class Camera implements Callable<Void> {
    private final List<Long> numbers = new CopyOnWriteArrayList<>();
    private volatile boolean enough;

    @Override
    public Void call() {
      while (!enough) {
        try {
          stream();
        } catch (DmaBufException gone) {
          isGone(gone);
        }
      }
      return null;
    }

    private void stream() {
      int device = openNext();
      try {
        assertThat(V4l2FormatIoctl.get(files, device, TYPE.number()).fourcc())
            .isEqualTo(VideoPixels.GREY.fourcc());
        HandoverIT.this.stream(device);
        queue(device, 0);
        queue(device, 1);
        while (!enough) {
          BufferStatus done = V4l2Ioctl.dequeue(files, device, TYPE.number(), 0);
          numbers.add(done.sequence());
          queueUnlessGone(device, done.index());
        }
      } finally {
        files.close(device);
      }
    }

    /** Opens the device of whichever driver is there by now. */
    private int openNext() {
      AtomicInteger device = new AtomicInteger();
      Until.holds(() -> opened(device), () -> "a driver of " + CAMERA);
      return device.get();
    }

    private boolean opened(AtomicInteger device) {
      try {
        for (ServiceReference<DeviceNode> found :
            context.getServiceReferences(DeviceNode.class, FILTER)) {
          DeviceNode node = context.getService(found);
          if (node != null) {
            device.set(node.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC));
            return true;
          }
        }
        return false;
      } catch (DmaBufException gone) {
        isGone(gone);
        return false;
      } catch (InvalidSyntaxException wrong) {
        throw new AssertionError(FILTER, wrong);
      }
    }

    private void isGone(DmaBufException refused) {
      assertThat(refused.errno()).isEqualTo(Errno.ENODEV);
    }

    /** What was captured before the driver went is still dequeued, which then says so. */
    private void queueUnlessGone(int device, int index) {
      try {
        queue(device, index);
      } catch (DmaBufException gone) {
        isGone(gone);
      }
    }

    /** Waits for some frames more. */
    private void awaitFrames(FutureTask<Void> running) {
      int wanted = numbers.size() + 3;
      Until.holds(
          () -> numbers.size() >= wanted || running.isDone(),
          () -> wanted + " frames; there are " + numbers.size());
    }
  }

  private int open() {
    return Services.get(context, DeviceNode.class, DeviceNode.NAME, CAMERA)
        .open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
  }

  private void stream(int device) {
    V4l2Ioctl.requestBuffers(files, device, TYPE.number(), MemoryType.MMAP.number(), 2);
    V4l2Ioctl.streamOn(files, device, TYPE.number());
  }

  private void queue(int device, int index) {
    V4l2Ioctl.queue(files, device, V4l2Buffer.of(TYPE, MemoryType.MMAP, index));
  }

  private long capture(int device) {
    queue(device, 0);
    return V4l2Ioctl.dequeue(files, device, TYPE.number(), 0).sequence();
  }

  private void updateCamera() {
    Bundle driver = swaps.bundle(Role.CAPTURE);
    String jar = Swaps.jarAfter(Role.CAPTURE, driver.getVersion());
    try (InputStream bytes = URI.create(jar).toURL().openStream()) {
      driver.update(bytes);
    } catch (IOException | BundleException failed) {
      throw new AssertionError(driver + " was not updated", failed);
    }
  }
}
