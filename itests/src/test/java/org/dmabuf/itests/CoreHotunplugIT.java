package org.dmabuf.itests;

import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.itests.HotDevice.Held;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;
import org.junit.runner.RunWith;
import org.junit.runners.Parameterized.Parameters;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExamParameterized;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;

/**
 * The eight cases of IGT's core_hotunplug, for each driver's bundle.
 *
 * <pre>
 *   unbind, rebind   the bundle stops and starts: its device stays installed without a driver
 *   unplug, rescan   the bundle is uninstalled, and its next version installed and started
 *   hot              a program has the device open and in use meanwhile
 *   lateclose        it closes it only after the driver has come again
 * </pre>
 *
 * <p>After each the device is healthy, nothing is left, and the classes that were uninstalled are
 * collected: also while a program still has the device open. A case has a minute.
 */
@RunWith(PaxExamParameterized.class)
@ExamReactorStrategy(PerClass.class)
public class CoreHotunplugIT {
  private static final int MOST_SECONDS = 60;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final Timeout limit = Timeout.seconds(MOST_SECONDS);
  @Inject private BundleContext context;
  private final String driver;
  private HotDevice device;
  private PipelineFixture configurations;
  private Swaps swaps;
  private LeakCheck leaks;
  private Optional<Held> open = Optional.empty();

  public CoreHotunplugIT(String driver) {
    this.driver = driver;
  }

  @Parameters
  public static List<Object[]> drivers() {
    return ProductOptions.DRIVERS.stream().map(name -> new Object[] {name}).toList();
  }

  @Configuration
  public static Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void healthyBefore() {
    DmaBufRegistry registry = Services.get(context, DmaBufRegistry.class);
    leaks = new LeakCheck(registry);
    swaps = new Swaps(context);
    configurations = new PipelineFixture(context);
    HotDevice.configure(configurations, driver);
    device = HotDevice.of(context, registry, driver);
    device.check();
  }

  @After
  public void healthyAfter() {
    device.check();
    open.ifPresent(Held::close);
    device.check();
    configurations.close();
    leaks.nothingIsLeft();
    swaps.areAllCollected();
  }

  /** The driver is taken off its device, which nobody has open, and put to it again. */
  @Test
  public void unbindRebind() throws BundleException {
    unbind();
    rebind();
  }

  /** The device is taken out while nobody has it open, and found again. */
  @Test
  public void unplugRescan() {
    rescan(unplug());
  }

  /** The driver is taken off a device that is open; that is closed before the driver comes. */
  @Test
  public void hotunbindRebind() throws BundleException {
    Held held = open();
    unbind();
    held.isOrphan();
    close();
    rebind();
  }

  /** A device that is open is taken out, and closed before it is found again. */
  @Test
  public void hotunplugRescan() {
    Held held = open();
    Version version = unplug();
    held.isOrphan();
    close();
    rescan(version);
  }

  /** The driver comes again while the device is still open as it was before. */
  @Test
  public void hotrebind() throws BundleException {
    Held held = open();
    unbind();
    rebind();
    held.isOrphan();
  }

  /** The device is found again while it is still open as it was before. */
  @Test
  public void hotreplug() {
    Held held = open();
    rescan(unplug());
    held.isOrphan();
    swaps.areAllCollected();
  }

  /** As hotrebind; then what was open is closed, and nothing comes of it. */
  @Test
  public void hotrebindLateclose() throws BundleException {
    Held held = open();
    unbind();
    rebind();
    device.check();
    held.isOrphan();
    close();
  }

  /** As hotreplug; then what was open is closed, and nothing comes of it. */
  @Test
  public void hotreplugLateclose() {
    Held held = open();
    rescan(unplug());
    device.check();
    held.isOrphan();
    close();
  }

  private Held open() {
    Held held = device.open();
    open = Optional.of(held);
    return held;
  }

  private void close() {
    open.orElseThrow().close();
    open = Optional.empty();
  }

  private void unbind() throws BundleException {
    swaps.bundle(driver).stop();
  }

  private void rebind() throws BundleException {
    swaps.bundle(driver).start();
  }

  private Version unplug() {
    return swaps.takeAway(driver);
  }

  private void rescan(Version gone) {
    swaps.install(driver, gone);
  }
}
