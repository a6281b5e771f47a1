package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.function.Consumer;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceOps;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of leaks outlives the bundle that left them, and must not keep its classes. */
class LeakKeepsNoLoaderTest {
  private final DmaBufCore core =
      DmaBufCore.create(DmaBufOptions.defaults().withLeaks(LeakOptions.ALL));
  private final DmaBufRegistry exporterSide = core.open("exporter");
  private final DmaBufRegistry leaker = core.open("leaker");
  private final DmaBuf own = new RecordingExporter.Full(exporterSide, 8192).export(exporterSide);

  @AfterEach
  void close() {
    core.close();
  }

  /** A kept Throwable or Class would hold the bundle's class loader for ever. */
  @Test
  void loaderOfAStoppedBundleIsCollected() throws Exception {
    WeakReference<ClassLoader> gone = leakByForeignClass();
    core.close(leaker);
    Threads.awaitCollected(gone);
    assertThat(exporterSide.leaks())
        .hasSizeGreaterThan(1)
        .allSatisfy(
            leak -> assertThat(leak.place()).contains("LeakKeepsNoLoaderTest$Foreign.accept"));
  }

  private WeakReference<ClassLoader> leakByForeignClass() throws Exception {
    ClassLoader loader = new Own(Foreign.class);
    Object foreign =
        loader.loadClass(Foreign.class.getName()).getDeclaredConstructor().newInstance();
    assertThat(foreign).isNotInstanceOf(Foreign.class);
    @SuppressWarnings("unchecked")
    Consumer<Object[]> driver = (Consumer<Object[]>) foreign;
    driver.accept(new Object[] {leaker, own});
    return new WeakReference<>(loader);
  }

  /** Loads one class itself, as a bundle does. */
  private static final class Own extends ClassLoader {
    private final Class<?> type;

    Own(Class<?> type) {
      super(type.getClassLoader());
      this.type = type;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(type.getName())) {
        return super.loadClass(name, resolve);
      }
      String file = "/" + name.replace('.', '/') + ".class";
      try (InputStream bytes = type.getResourceAsStream(file)) {
        byte[] code = bytes.readAllBytes();
        return defineClass(name, code, 0, code.length);
      } catch (IOException failed) {
        throw new ClassNotFoundException(name, failed);
      }
    }
  }

  /** A driver that takes one of each and gives nothing back. */
  public static final class Foreign implements Consumer<Object[]>, FenceOps {
    @Override
    public void accept(Object[] given) {
      DmaBufRegistry registry = (DmaBufRegistry) given[0];
      DmaBuf handle = registry.adopt((DmaBuf) given[1]);
      handle.attach(DmaDevice.named("foreign"), moved -> {}).mapUnlocked(DmaDirection.TO_DEVICE);
      handle.mmap(0, 4096, true);
      registry.fd(handle.get(), registry.files(), true);
      FenceContext context =
          registry.fenceContext(
              FenceContextInfo.of("foreign", "line")
                  .withOps(this)
                  .withTimeout(Duration.ofMinutes(10)));
      DmaFence fence = context.create();
      handle.resv().lock();
      handle.vmap();
      handle.resv().reserveFences(1);
      handle.resv().addFence(fence, Usage.WRITE);
      handle.resv().unlock();
      fence.addCallback(registry.callback(done -> {}));
    }
  }
}
