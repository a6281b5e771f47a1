package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Holdings;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.itests.slob.Loiterer;
import org.dmabuf.itests.slob.Slob;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
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
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;

/** What a bundle leaves behind when it stops is undone for it, and one warning names it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class TeardownIT {
  private static final String NAME = "org.dmabuf.itests.slob";
  private static final String LEFT = NAME + " 1.2.3 stopped and left ";

  private static final String LOITERER = "org.dmabuf.itests.loiterer";

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private DmaBufRegistry registry;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    registry = Services.get(context, DmaBufRegistry.class);
    Services.get(context, HeapDevice.class);
    leaks = new LeakCheck(registry);
  }

  @Test
  public void shouldUndoAllThatAStoppedBundleLeft() throws Exception {
    log.expect(LEFT);
    Holdings before = registry.holdings();
    Bundle slob = install();
    slob.start();
    took(before);
    DmaFence fence = fence();
    DmaResv resv = context.getService(context.getServiceReference(DmaResv.class));
    slob.stop();
    assertThat(registry.holdings()).isEqualTo(before);
    assertThat(fence.error()).as("the fence's error").isEqualTo(Optional.of(Errno.ECANCELED));
    assertThat(resv.isLocked()).as("the reservation is locked").isFalse();
    assertThat(resv.isSignaled(Usage.BOOKKEEP)).as("all fences are through").isTrue();
    namesAllOnce();
    slob.uninstall();
  }

  @Test
  public void shouldCollectItsClassesAndStartItAgain() throws Exception {
    log.expect(LEFT);
    Bundle slob = install();
    for (int i = 0; i < 3; i++) {
      Holdings before = registry.holdings();
      slob.start();
      took(before);
      slob.stop();
      leaks.nothingIsLeft();
    }
    WeakReference<ClassLoader> loader =
        new WeakReference<>(slob.adapt(BundleWiring.class).getClassLoader());
    slob.uninstall();
    Until.isCollected(loader, NAME);
  }

  @Test
  public void shouldUndoAlsoWhenTheExporterStopsFirst() throws Exception {
    log.expect(LEFT);
    Bundle slob = install();
    slob.start();
    Swaps swaps = new Swaps(context);
    swaps.swap(Role.EXPORTER);
    swaps.areAllCollected();
    slob.uninstall();
    leaks.nothingIsLeft();
  }

  @Test
  public void shouldTakeNothingMoreFromABundleThatHasStopped() throws Exception {
    log.expect(LEFT);
    Bundle slob = install();
    slob.start();
    DmaBufRegistry its = slob.getBundleContext().getService(reference(slob));
    slob.stop();
    assertThatThrownBy(() -> its.fenceContext("late", "late"))
        .hasMessageContaining(Errno.ENODEV.name());
    assertThatThrownBy(() -> its.allocate(1, its.files().account()))
        .hasMessageContaining(Errno.ENODEV.name());
    slob.uninstall();
    leaks.nothingIsLeft();
  }

  @Test
  public void shouldEndTheThreadsOfADriverNameItsOwnAndKeepItsState() throws Exception {
    log.expect(LOITERER + " 1.2.3 has stopped and its own thread " + Loiterer.OWN + " runs on");
    Bundle loiterer = install(LOITERER, Loiterer.class);
    for (long starts = 1; starts <= 2; starts++) {
      loiterer.start();
      assertThat(loiterer.getRegisteredServices()[0].getProperty(Loiterer.STARTS))
          .isEqualTo(starts);
      loiterer.stop();
      assertThat(threads(LOITERER)).as("threads that the framework started").isEmpty();
      assertThat(threads(Loiterer.OWN)).as("threads of its own").hasSize(1);
      for (Thread own : threads(Loiterer.OWN)) {
        own.interrupt();
        own.join();
      }
    }
    WeakReference<ClassLoader> loader =
        new WeakReference<>(loiterer.adapt(BundleWiring.class).getClassLoader());
    loiterer.uninstall();
    Until.isCollected(loader, LOITERER);
    leaks.nothingIsLeft();
  }

  private static List<Thread> threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(name))
        .toList();
  }

  private static ServiceReference<DmaBufRegistry> reference(Bundle bundle) {
    return bundle.getBundleContext().getServiceReference(DmaBufRegistry.class);
  }

  private void took(Holdings before) {
    Holdings now = registry.holdings();
    assertThat(now.buffers()).as("buffers").isEqualTo(before.buffers() + 1);
    assertThat(now.attachments()).as("attachments").isEqualTo(before.attachments() + 1);
    assertThat(now.mappings()).as("mappings").isEqualTo(before.mappings() + 3);
    assertThat(now.fences()).as("fences").isEqualTo(before.fences() + 1);
    assertThat(now.files()).as("files").isEqualTo(before.files() + 1);
    assertThat(now.bytes()).as("bytes").isGreaterThan(before.bytes());
  }

  private DmaFence fence() {
    return (DmaFence) context.getServiceReference(DmaResv.class).getProperty(Slob.FENCE);
  }

  private void namesAllOnce() {
    List<String> lines = log.bad(LEFT);
    assertThat(lines).hasSize(1);
    assertThat(lines.getFirst())
        .contains("1 fence contexts", "1 CPU mappings", "1 attachments", "1 files", "1 handles");
  }

  private Bundle install() throws IOException, BundleException {
    return install(NAME, Slob.class);
  }

  /** Installs a bundle that is made of one class of the tests. */
  private Bundle install(String name, Class<? extends BundleActivator> activator)
      throws IOException, BundleException {
    Manifest manifest = new Manifest();
    Attributes main = manifest.getMainAttributes();
    main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    main.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    main.putValue(Constants.BUNDLE_SYMBOLICNAME, name);
    main.putValue(Constants.BUNDLE_VERSION, "1.2.3");
    main.putValue(Constants.BUNDLE_ACTIVATOR, activator.getName());
    main.putValue(
        Constants.IMPORT_PACKAGE,
        "org.osgi.framework,org.dmabuf,org.dmabuf.fence,org.dmabuf.file,org.dmabuf.handover,"
            + "org.dmabuf.heap,org.dmabuf.memory,org.dmabuf.resv,org.dmabuf.sg");
    String entry = activator.getName().replace('.', '/') + ".class";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
        InputStream code = activator.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      code.transferTo(jar);
      jar.closeEntry();
    }
    return context.installBundle(name + ":" + entry, new ByteArrayInputStream(bytes.toByteArray()));
  }
}
